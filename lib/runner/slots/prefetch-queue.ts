import { byOrder, type ClaimedJob } from '../../store/claims/claimed-job.js';

interface Waiting {
  readonly job: ClaimedJob;
  readonly since: number;
  /** Among jobs of equal priority of other channels: the least begins first. */
  readonly turn: number;
}

/** The prefetched jobs: claimed, not begun, in order within each channel. */
export class PrefetchQueue {
  private readonly channels = new Map<string, Waiting[]>();
  /** The same queues, by their first jobs; none is empty. */
  private readonly queues: Waiting[][] = [];
  private count = 0;
  /** Where channels take turns: those of the jobs that are about to be added, by their numbers, and the last that was given. */
  private turns: ReadonlyMap<number, number> = new Map();
  private lastTurn = 0;

  get size(): number {
    return this.count;
  }

  sizeOf(channel: string): number {
    return this.channels.get(channel)?.length ?? 0;
  }

  /** The channels of the jobs that are added next take turns: their numbers in the order in which they may start. */
  takeTurns(seqs: readonly number[]): void {
    // The turns are shared out among the numbers; what was claimed before has had its turn before.
    if (this.count === 0) this.lastTurn = 0;
    const sorted = seqs.toSorted((a, b) => a - b);
    this.turns = new Map(
      seqs.map((seq, at) => [seq, (this.lastTurn = Math.max(sorted[at] as number, this.lastTurn + 1))]),
    );
  }

  add(job: ClaimedJob): void {
    const waiting = { job, since: performance.now(), turn: this.turns.get(job.seq) ?? job.seq };
    const queue = this.channels.get(job.channel);
    const last = queue?.at(-1);
    this.count += 1;
    if (queue === undefined || last === undefined) {
      const begun = [waiting];
      this.channels.set(job.channel, begun);
      this.place(begun);
    } else if (byOrder(last.job, job) <= 0) {
      queue.push(waiting);
    } else {
      this.displace(queue);
      queue.push(waiting);
      queue.sort((a, b) => byOrder(a.job, b.job));
      this.place(queue);
    }
  }

  /** Takes the first job, in the order over all channels, of those that come first in theirs and that `allows` lets begin. */
  take(allows: (job: ClaimedJob) => boolean): ClaimedJob | undefined {
    const queue = this.queues.find(([first]) => allows((first as Waiting).job));
    return queue && this.takeFrom(queue, 0);
  }

  has(uuid: string): boolean {
    return [...this.channels.values()].some((queue) => queue.some(({ job }) => job.uuid === uuid));
  }

  /** Takes a job by its uuid: it was cancelled before it began. */
  remove(uuid: string): ClaimedJob | undefined {
    for (const queue of this.queues) {
      const at = queue.findIndex(({ job }) => job.uuid === uuid);
      if (at >= 0) return this.takeFrom(queue, at);
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
      if (!which(channel)) continue;
      taken.push(...queue.map(({ job }) => job));
      this.displace(queue);
      this.channels.delete(channel);
    }
    this.count -= taken.length;
    return taken;
  }

  /** How many jobs of each channel wait. */
  *counts(): Iterable<readonly [channel: string, count: number]> {
    for (const [channel, queue] of this.channels) yield [channel, queue.length];
  }

  uuids(): string[] {
    return [...this.channels.values()].flatMap((queue) => queue.map(({ job }) => job.uuid));
  }

  private takeFrom(queue: Waiting[], at: number): ClaimedJob {
    this.displace(queue);
    const [{ job }] = queue.splice(at, 1) as [Waiting];
    if (queue.length > 0) this.place(queue);
    else this.channels.delete(job.channel);
    this.count -= 1;
    return job;
  }

  private place(queue: Waiting[]): void {
    this.queues.splice(this.placeOf(queue), 0, queue);
  }

  private displace(queue: Waiting[]): void {
    this.queues.splice(this.placeOf(queue), 1);
  }

  /** How many queues begin with an earlier job. */
  private placeOf([first]: readonly Waiting[]): number {
    let [low, high] = [0, this.queues.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTurn(this.queues[middle]?.[0] as Waiting, first as Waiting) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byTurn(a: Waiting, b: Waiting): number {
  return a.job.priority - b.job.priority || a.turn - b.turn || a.job.seq - b.job.seq;
}
