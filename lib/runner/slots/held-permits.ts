import { ancestorsOf, parentOf } from '../../channel/channel-name.js';
import type { LimitingChannels } from '../../store/claims/claim-store.js';
import type { RunningAttempt } from '../attempt/attempt.js';

/** Channels whose limits are remembered. */
const MAX_PATHS = 10_000;

/**
 * The permits that are free on this node: those of jobs that have ended since the last round trip. A prefetched job takes
 * them over at once; what nobody takes goes back with the next round trip. None sleeps here.
 */
export class HeldPermits {
  version = 0;
  private limiting: ReadonlySet<string> = new Set();
  private throttled: ReadonlySet<string> = new Set();
  private rated: ReadonlySet<string> = new Set();
  private exceptions: ReadonlySet<string> = new Set();
  private readonly paths = new Map<string, readonly string[]>();
  private free = new Map<string, number>();
  /** Permits that are kept for prefetched jobs, which had none to inherit. */
  private readonly booked = new Map<string, number>();
  /** Runs under a gate. */
  private readonly held = new Map<string, number>();

  /**
   * The channels may have changed: counts the permits of the attempts that hold one by the database.
   *
   * @param running - attempts that run
   * @param ended - attempts that have ended and are not settled yet: their permits are free
   */
  resync(map: LimitingChannels, running: Iterable<RunningAttempt>, ended: Iterable<RunningAttempt>): void {
    this.reset(map);
    const counted = new Set(map.counted);
    for (const attempt of running) {
      attempt.holdsPermit = counted.has(attempt.job.uuid);
      if (attempt.holdsPermit) this.hold(attempt.job.channel);
    }
    for (const { job } of ended) {
      if (!counted.has(job.uuid)) continue;
      this.hold(job.channel);
      this.release(job.channel);
    }
  }

  private reset(map: LimitingChannels): void {
    this.version = map.version;
    this.limiting = new Set(map.limiting);
    this.throttled = new Set(map.throttled);
    this.rated = new Set(map.rated);
    this.exceptions = new Set(map.exceptions);
    this.paths.clear();
    this.free = new Map();
    this.booked.clear();
    this.held.clear();
  }

  /** The channels, this one and those above it, that limit it. */
  limitingChannelsOf(channel: string): readonly string[] {
    let path = this.paths.get(channel);
    if (path === undefined) {
      path = ancestorsOf(channel).filter((name) => this.isIn(this.limiting, name));
      if (this.paths.size >= MAX_PATHS) this.paths.clear();
      this.paths.set(channel, path);
    }
    return path;
  }

  throttledOf(channel: string): string[] {
    return this.throttled.size === 0
      ? []
      : this.limitingChannelsOf(channel).filter((name) => this.isIn(this.throttled, name));
  }

  /** The channels with a rate, this one and those above it. */
  ratedOf(channel: string): readonly string[] {
    return this.rated.size === 0
      ? []
      : this.limitingChannelsOf(channel).filter((name) => this.isIn(this.rated, name));
  }

  /** Whether starts of jobs of this channel are counted in time, by a rate or a throttle: none is prefetched. */
  countsStarts(channel: string): boolean {
    return this.ratedOf(channel).length > 0 || this.throttledOf(channel).length > 0;
  }

  private isIn(names: ReadonlySet<string>, name: string): boolean {
    return names.has(name) || (!this.exceptions.has(name) && names.has(`${parentOf(name)}.*`));
  }

  /** A run holds its permits. */
  hold(channel: string): void {
    for (const channelName of this.limitingChannelsOf(channel)) add(this.held, channelName, 1);
  }

  /** A run has ended: its permits are free. */
  release(channel: string): void {
    for (const channelName of this.limitingChannelsOf(channel)) {
      add(this.held, channelName, -1);
      add(this.free, channelName, 1);
    }
  }

  /** Permits that a claim brought for prefetched jobs. */
  book(counts: Readonly<Record<string, number>>): void {
    for (const [channelName, count] of Object.entries(counts)) add(this.booked, channelName, count);
  }

  /** Takes the permits that a prefetched job needs, if all are free or kept. */
  take(channel: string): boolean {
    const limiting = this.limitingChannelsOf(channel);
    if (
      !limiting.every((channelName) => this.has(this.free, channelName) || this.has(this.booked, channelName))
    )
      return false;
    for (const channelName of limiting)
      add(this.has(this.free, channelName) ? this.free : this.booked, channelName, -1);
    this.hold(channel);
    return true;
  }

  private has(counts: ReadonlyMap<string, number>, channelName: string): boolean {
    return (counts.get(channelName) ?? 0) > 0;
  }

  /**
   * What goes back with a round trip.
   *
   * @param waiting - how many prefetched jobs of which channels wait: what is kept for others goes back, too
   */
  takeFree(waiting: Iterable<readonly [channel: string, count: number]>): ReadonlyMap<string, number> {
    this.freeBooked(waiting);
    const free = new Map([...this.free].filter(([, count]) => count > 0));
    this.free = new Map();
    return free;
  }

  private freeBooked(waiting: Iterable<readonly [channel: string, count: number]>): void {
    if (this.booked.size === 0) return;
    const needed = new Map<string, number>();
    for (const [channel, count] of waiting)
      for (const channelName of this.limitingChannelsOf(channel)) add(needed, channelName, count);
    for (const [channelName, count] of this.booked) {
      const kept = Math.min(count, needed.get(channelName) ?? 0);
      add(this.free, channelName, count - kept);
      if (kept === 0) this.booked.delete(channelName);
      else this.booked.set(channelName, kept);
    }
  }

  /** How many jobs of this channel may run here at once by the permits held or kept; Infinity without any limit. */
  parallelism(channel: string): number {
    return Math.min(
      Infinity,
      ...this.limitingChannelsOf(channel).map(
        (channelName) => (this.held.get(channelName) ?? 0) + (this.booked.get(channelName) ?? 0),
      ),
    );
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
