import { byOrder, type ClaimedJob } from '../store/claim-store.js';

interface Waiting {
  readonly job: ClaimedJob;
  readonly since: number;
}

/** The jobs at hand: claimed, not begun, in order within each channel. */
export class HandQueue {
  private readonly channels = new Map<string, Waiting[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  sizeOf(channel: string): number {
    return this.channels.get(channel)?.length ?? 0;
  }

  add(job: ClaimedJob): void {
    let queue = this.channels.get(job.channel);
    if (queue === undefined) this.channels.set(job.channel, (queue = []));
    const last = queue.at(-1);
    const inOrder = last === undefined || byOrder(last.job, job) <= 0;
    queue.push({ job, since: performance.now() });
    if (!inOrder) queue.sort((a, b) => byOrder(a.job, b.job));
    this.count += 1;
  }

  /** Takes the first job, in the order over all channels, of those whose channel `allows` one. */
  take(allows: (channel: string) => boolean): ClaimedJob | undefined {
    let first: Waiting[] | undefined;
    if (this.channels.size === 1) {
      [first] = this.channels.values();
      if (first?.[0] === undefined || !allows(first[0].job.channel)) return undefined;
    } else {
      const heads = [...this.channels.values()].filter((queue) => queue.length > 0);
      heads.sort((a, b) => byOrder((a[0] as Waiting).job, (b[0] as Waiting).job));
      first = heads.find((queue) => allows((queue[0] as Waiting).job.channel));
    }
    const waiting = first?.shift();
    if (waiting === undefined) return undefined;
    if (first?.length === 0) this.channels.delete(waiting.job.channel);
    this.count -= 1;
    return waiting.job;
  }

  has(uuid: string): boolean {
    return [...this.channels.values()].some((queue) => queue.some(({ job }) => job.uuid === uuid));
  }

  /** Takes a job by its uuid: it was cancelled before it began. */
  remove(uuid: string): ClaimedJob | undefined {
    for (const queue of this.channels.values()) {
      const at = queue.findIndex(({ job }) => job.uuid === uuid);
      const [waiting] = at < 0 ? [] : queue.splice(at, 1);
      if (waiting === undefined) continue;
      this.count -= 1;
      if (queue.length === 0) this.channels.delete(waiting.job.channel);
      return waiting.job;
    }
    return undefined;
  }

  /**
   * Takes everything where one has waited for longer than `ms`; 0 takes everything at once. Not that one alone: those
   * that came later would start before it.
   */
  takeOlderThan(ms: number): ClaimedJob[] {
    return ms === 0 || this.hasOlderThan(ms) ? this.takeChannels(() => true) : [];
  }

  hasOlderThan(ms: number): boolean {
    const limit = performance.now() - ms;
    return [...this.channels.values()].some((queue) => queue.some(({ since }) => since <= limit));
  }

  /** Takes all jobs of the channels that `which` names. */
  takeChannels(which: (channel: string) => boolean): ClaimedJob[] {
    const taken: ClaimedJob[] = [];
    for (const [channel, queue] of this.channels) {
      if (queue.length === 0 || !which(channel)) continue;
      taken.push(...queue.map(({ job }) => job));
      this.channels.delete(channel);
    }
    this.count -= taken.length;
    return taken;
  }

  uuids(): string[] {
    return [...this.channels.values()].flatMap((queue) => queue.map(({ job }) => job.uuid));
  }
}
