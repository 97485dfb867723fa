/** Jobs that last longer than this, in milliseconds, are not prefetched, so that other nodes get work. */
export const SHORT_MS = 50;

/** The most jobs that a node prefetches, over all channels. */
const MAX_PREFETCHED = 1000;

/** Channels whose pace is remembered. */
const MAX_CHANNELS = 1000;

/** How fast the jobs of each channel are, so that a node prefetches short ones: about 50 ms of work. */
export class PrefetchPolicy {
  private readonly averages = new Map<string, number>();

  note(channel: string, ms: number): void {
    const average = this.averages.get(channel);
    if (average === undefined && this.averages.size >= MAX_CHANNELS) {
      const [oldest] = this.averages.keys();
      if (oldest !== undefined) this.averages.delete(oldest);
    }
    // A long job weighs at once, short ones bring the average down slowly.
    this.averages.set(
      channel,
      average === undefined ? ms : average + (ms - average) * (ms > average ? 0.5 : 0.1),
    );
  }

  /** Channels with short jobs. */
  shortChannels(): string[] {
    return [...this.averages].filter(([, average]) => average < SHORT_MS).map(([channel]) => channel);
  }

  /** How many jobs of a channel to prefetch if `width` of them run at a time. */
  wantedFor(channel: string, width: number): number {
    const average = this.averages.get(channel) ?? SHORT_MS;
    if (average >= SHORT_MS || width <= 0) return 0;
    return Math.min(MAX_PREFETCHED, Math.ceil((SHORT_MS / Math.max(average, 0.01)) * width));
  }

  /** Shares out what the node prefetches over all channels. */
  static share(wanted: ReadonlyMap<string, number>): Map<string, number> {
    let total = 0;
    for (const count of wanted.values()) total += count;
    const factor = total > MAX_PREFETCHED ? MAX_PREFETCHED / total : 1;
    return new Map([...wanted].map(([channel, count]) => [channel, Math.ceil(count * factor)]));
  }
}
