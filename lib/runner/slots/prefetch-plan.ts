import { OTHER_CHANNELS } from '../../store/claims/other-channels.js';
import type { HeldPermits } from './held-permits.js';
import { PrefetchPolicy, type PrefetchWanted } from './prefetch-policy.js';
import type { PrefetchQueue } from './prefetch-queue.js';

/** How many jobs of which channels to prefetch, by how fast they are and what runs here for longer. */
export class PrefetchPlan {
  private readonly pace = new PrefetchPolicy();
  /** Runs that last, by channel: their slots and permits don't come free soon. */
  private readonly longRuns = new Map<string, number>();
  /** The channel of the run that ended last. */
  private last: string | undefined;

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
    this.last = channel;
  }

  /**
   * How many jobs to prefetch beyond those in `queue`, by channel, and under `OTHER_CHANNELS` those of all channels that
   * are not listed.
   */
  wanted(permits: HeldPermits, queue: PrefetchQueue): PrefetchWanted {
    const slots = this.shortSlots();
    const wanted = new Map<string, number>();
    for (const channel of this.pace.shortChannels())
      // (A claim that is asked for such jobs looks at all channels, and brings none of them.)
      if (!permits.countsStarts(channel))
        wanted.set(channel, this.pace.wantedFor(channel, this.widthOf(channel, slots, permits)));
    const shared = this.pace.share(wanted, slots);
    const missing = [...shared.channels].map(([channel, count]): [string, number] => [
      channel,
      Math.max(0, count - queue.sizeOf(channel)),
    ]);
    // What is not known runs as wide, for all that can be told, as what ran just now.
    const others =
      this.last === undefined || permits.countsStarts(this.last)
        ? 0
        : this.pace.wantedUnknown(this.widthOf(this.last, slots, permits));
    const most = Math.max(0, shared.most + others - queue.size);
    if (others <= queue.size) return { channels: new Map(missing.filter(([, count]) => count > 0)), most };
    // All others are listed, with nothing: those with long jobs, and those of which enough are prefetched.
    const known = [...this.pace.knownChannels()].map((channel): [string, number] => [channel, 0]);
    return { channels: new Map([...known, ...missing, [OTHER_CHANNELS, others - queue.size]]), most };
  }

  /** Slots that are expected back soon. */
  private shortSlots(): number {
    let slots = this.concurrency;
    for (const count of this.longRuns.values()) slots -= count;
    return slots;
  }

  /** How many runs of a channel are expected side by side. */
  private widthOf(channel: string, slots: number, permits: HeldPermits): number {
    return Math.min(slots, Math.max(1, permits.parallelism(channel)) - (this.longRuns.get(channel) ?? 0));
  }
}
