import type { StartRecord } from '../../store/claims/claim-store.js';

interface Counts {
  started: number;
  dropped: number;
  latest: number;
}

/**
 * The starts below channels with a rate that the database has not heard of yet: the next round trip reports them. A start
 * counts from the end of the turn of the event loop in which the method was called, so what the method does at once is
 * never later than what is reported.
 */
export class StartReport {
  private channels = new Map<string, Counts>();
  /** Called in this turn of the event loop. */
  private fresh: Counts[] = [];

  /** The method of a job is called now. */
  started(channels: readonly string[]): void {
    for (const name of channels) {
      const counts = this.of(name);
      counts.started += 1;
      if (this.fresh.push(counts) === 1) setImmediate(() => this.turnEnded());
    }
  }

  /** A job goes back without its method having been called. */
  dropped(channels: readonly string[]): void {
    for (const name of channels) this.of(name).dropped += 1;
  }

  take(): StartRecord[] {
    if (this.channels.size === 0) return [];
    this.turnEnded();
    const now = performance.now();
    const records = [...this.channels].map(([channel, { started, dropped, latest }]) => ({
      channel,
      started,
      dropped,
      ago: now - latest,
    }));
    this.channels = new Map();
    return records;
  }

  /** The database counts again. */
  clear(): void {
    this.channels = new Map();
    this.fresh = [];
  }

  private turnEnded(): void {
    const now = performance.now();
    for (const counts of this.fresh) counts.latest = now;
    this.fresh = [];
  }

  private of(channel: string): Counts {
    let counts = this.channels.get(channel);
    if (counts === undefined) {
      counts = { started: 0, dropped: 0, latest: performance.now() };
      this.channels.set(channel, counts);
    }
    return counts;
  }
}
