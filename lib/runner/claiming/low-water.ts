import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { LowWaterMark } from '../../store/claims/claim-store.js';

/** A mark lags behind what was claimed by one to two times this, in milliseconds: a transaction that got a lower number may commit late. */
const RIPE_MS = 250;
/** Between two looks at everything: so long for each entry that the last one read in vain, and within these limits, in milliseconds. */
const SWEEP_MS = { perEntry: 0.01, least: 1_000, most: 30_000 };
/** Channels and priorities that have a mark. */
const MAX_MARKS = 100;

/**
 * Low-water marks: where a claim begins to read, by channel and priority, while an old snapshot elsewhere keeps the entries
 * of ended jobs at the front of the ready index. As long as claims don't walk over many of those, there are no marks, and
 * every claim looks at everything.
 *
 * A claim goes through a channel and priority in order, so what lies before the last job that it got is not ready, but for
 * what comes back there (a retry) or commits late. So the marks lag behind, and a sweep, a claim without marks, finds what
 * came below them: once a second, or more seldom where it takes long (500,000 ended jobs: every 10 s).
 */
export class LowWater {
  private marks = new Map<string, LowWaterMark>();
  private ripening = new Map<string, LowWaterMark>();
  private fresh = new Map<string, LowWaterMark>();
  private ripeAt = 0;
  private sweepAt = 0;

  /** Claims begin behind the front. */
  active = false;

  sweepDue(now: number): boolean {
    return this.active && now >= this.sweepAt;
  }

  /** For the next claim; null is a sweep. */
  at(now: number): readonly LowWaterMark[] | null {
    if (!this.active || now >= this.sweepAt) return null;
    return [...this.marks.values()];
  }

  /** What a claim brought. `walked`: entries that it read in vain, where these were many. */
  learn(jobs: readonly ClaimedJob[], walked: number | undefined, swept: boolean, now: number): void {
    if (swept) {
      if (walked === undefined) {
        this.clear();
        return;
      }
      this.active = true;
      const pause = Math.max(SWEEP_MS.least, walked * SWEEP_MS.perEntry);
      this.sweepAt = now + Math.min(pause, SWEEP_MS.most);
    }
    if (!this.active) return;
    for (const job of jobs) this.note(job);
    if (now < this.ripeAt) return;
    this.ripeAt = now + RIPE_MS;
    for (const [key, mark] of this.ripening) this.raise(key, mark);
    this.ripening = this.fresh;
    this.fresh = new Map();
  }

  private note({ channel, priority, seq }: ClaimedJob): void {
    const key = `${priority} ${channel}`;
    if (seq < (this.marks.get(key)?.seq ?? 0)) {
      // Something came back below: there may be more of it.
      this.marks.set(key, { channel, priority, seq });
      this.ripening.delete(key);
      this.fresh.delete(key);
    } else if (seq > (this.fresh.get(key)?.seq ?? 0)) {
      this.fresh.set(key, { channel, priority, seq });
    }
  }

  private raise(key: string, mark: LowWaterMark): void {
    const before = this.marks.get(key);
    if (before === undefined && this.marks.size >= MAX_MARKS) {
      const [oldest] = this.marks.keys();
      if (oldest !== undefined) this.marks.delete(oldest);
    }
    this.marks.set(key, { ...mark, seq: Math.max(mark.seq, before?.seq ?? 0) });
  }

  private clear(): void {
    this.active = false;
    for (const marks of [this.marks, this.ripening, this.fresh]) marks.clear();
  }
}
