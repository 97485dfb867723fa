/** Jobs that last longer than this, in milliseconds, are not prefetched, so that other nodes get work. */
export const SHORT_MS = 50;

/** The most jobs that a node prefetches, over all channels. */
const MAX_PREFETCHED = 1000;

/** Channels whose pace is remembered. */
const MAX_CHANNELS = 1000;

/** The most jobs of channels whose pace is not known yet. */
const MAX_UNKNOWN = 250;

/** How many jobs to prefetch. */
export interface PrefetchWanted {
  /** By channel; of each of many channels at least one, so these may add up to more than `most`. */
  readonly channels: ReadonlyMap<string, number>;
  /** Over all channels. */
  readonly most: number;
}

/** How fast the jobs of each channel are, so that a node prefetches short ones: about 50 ms of work. */
export class PrefetchPolicy {
  private readonly averages = new Map<string, number>();
  /** Over all channels. */
  private average: number | undefined;

  note(channel: string, ms: number): void {
    const average = this.averages.get(channel);
    if (average === undefined && this.averages.size >= MAX_CHANNELS) {
      const [oldest] = this.averages.keys();
      if (oldest !== undefined) this.averages.delete(oldest);
    }
    this.averages.set(channel, weighed(average, ms));
    this.average = weighed(this.average, ms);
  }

  /** Every channel whose pace is known, whether its jobs are short or not. */
  knownChannels(): Iterable<string> {
    return this.averages.keys();
  }

  /**
   * How many jobs to prefetch of channels whose pace is not known, if jobs are short here on the whole: a node that has
   * never run a job of a channel would else take one at a time of each of hundreds.
   */
  wantedUnknown(width: number): number {
    return Math.min(MAX_UNKNOWN, jobsFor(this.average, width));
  }

  /** Channels with short jobs. */
  shortChannels(): string[] {
    return [...this.averages].filter(([, average]) => average < SHORT_MS).map(([channel]) => channel);
  }

  /** How many jobs of a channel to prefetch if `width` of them run at a time. */
  wantedFor(channel: string, width: number): number {
    return jobsFor(this.averages.get(channel), width);
  }

  /** Shares out what the node prefetches over all channels: no more than about 50 ms of work for its slots. */
  share(wanted: ReadonlyMap<string, number>, slots: number): PrefetchWanted {
    let total = 0;
    let work = 0;
    for (const [channel, count] of wanted) {
      total += count;
      work += count * (this.averages.get(channel) ?? 0);
    }
    const factor = Math.min(
      1,
      total > MAX_PREFETCHED ? MAX_PREFETCHED / total : 1,
      work > SHORT_MS * slots ? (SHORT_MS * slots) / work : 1,
    );
    return {
      channels: new Map([...wanted].map(([channel, count]) => [channel, Math.ceil(count * factor)])),
      most: Math.ceil(total * factor),
    };
  }
}

/** A long job weighs at once, short ones bring the average down slowly. */
const weighed = (average: number | undefined, ms: number): number =>
  average === undefined ? ms : average + (ms - average) * (ms > average ? 0.5 : 0.1);

/** About 50 ms of work, for `width` jobs at a time. */
function jobsFor(average: number | undefined, width: number): number {
  if (average === undefined || average >= SHORT_MS || width <= 0) return 0;
  return Math.min(MAX_PREFETCHED, Math.ceil((SHORT_MS / Math.max(average, 0.01)) * width));
}
