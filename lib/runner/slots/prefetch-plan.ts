import type { HeldPermits } from './held-permits.js';
import { PrefetchPolicy } from './prefetch-policy.js';
import type { PrefetchQueue } from './prefetch-queue.js';

/** How many jobs of which channels to prefetch, by how fast they are and what runs here for longer. */
export class PrefetchPlan {
  private readonly pace = new PrefetchPolicy();
  /** Runs that last, by channel: their slots and permits don't come free soon. */
  private readonly longRuns = new Map<string, number>();

  constructor(private readonly concurrency: number) {}

  /** A run of this channel has lasted for so long that its slot is not expected back soon, or has ended (-1). */
  long(channel: string, by: 1 | -1): void {
    const count = (this.longRuns.get(channel) ?? 0) + by;
    if (count > 0) this.longRuns.set(channel, count);
    else this.longRuns.delete(channel);
  }

  /** A run of this channel has taken this long, in milliseconds. */
  ended(channel: string, ms: number): void {
    this.pace.note(channel, ms);
  }

  /** How many jobs to prefetch beyond those in `queue`, by channel. */
  wanted(permits: HeldPermits, queue: PrefetchQueue): ReadonlyMap<string, number> {
    let slots = this.concurrency;
    for (const count of this.longRuns.values()) slots -= count;
    const wanted = new Map<string, number>();
    for (const channel of this.pace.shortChannels()) {
      const width = Math.min(
        slots,
        Math.max(1, permits.parallelism(channel)) - (this.longRuns.get(channel) ?? 0),
      );
      wanted.set(channel, this.pace.wantedFor(channel, width));
    }
    return new Map(
      [...PrefetchPolicy.share(wanted)]
        .map(([channel, count]): [string, number] => [channel, count - queue.sizeOf(channel)])
        .filter(([, count]) => count > 0),
    );
  }
}
