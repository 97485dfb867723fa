import type { ChannelConfig } from '../../lib/channel/channel-config.js';
import { ancestorsOf } from '../../lib/channel/channel-name.js';
import { configFor } from './config-for.js';

/** A job as the order sees it. */
export interface OrderedJob {
  /** Smaller first. */
  readonly priority: number;
  /** The order of creation: unique, smaller first. */
  readonly seq: number;
  /** The full path of its channel. */
  readonly channel: string;
}

/** All that decides which jobs may start at one moment. Lists of channels name one channel a job. */
export interface Moment<Job extends OrderedJob> {
  /** As {@link parseChannels} gives them. */
  readonly channels: readonly ChannelConfig[];
  /** The pending jobs whose eta has passed, in any order. */
  readonly ready: readonly Job[];
  /** The channel of each job that runs. */
  readonly running?: readonly string[];
  /** The channel of each job that failed: what stops a sequential channel. */
  readonly failed?: readonly string[];
  /** The pending jobs whose eta is still to come, retries included. */
  readonly waiting?: readonly OrderedJob[];
  /** The channel of each job started so far, oldest first: what the turns of a fair channel go by. */
  readonly served?: readonly string[];
  /** When a throttled channel may start its next job, in seconds on the clock of `now`; a channel left out may at once. */
  readonly nextStart?: ReadonlyMap<string, number>;
  /** How many jobs below a channel with a rate have started within its stretch of time, or may be about to; left out is none. */
  readonly recentStarts?: ReadonlyMap<string, number>;
  /** The time in seconds. Default: 0. */
  readonly now?: number;
  /** How many jobs to start at most. Default: all that may. */
  readonly limit?: number;
}

/**
 * The jobs that may start now, in the order in which they start: always the first by priority, then creation, of all
 * that have room in every channel above them. This is the reference that the claims in SQL are tested against: one job
 * at a time and everything looked at again for each, so that it is plainly right rather than fast.
 *
 * @example
 * ```ts
 * const job = { priority: 10, seq: 1, channel: 'root.mail' };
 * pickByCapacity({ channels: parseChannels('mail:1'), ready: [job, { ...job, seq: 2 }] }); // [job]
 * ```
 */
export function pickByCapacity<Job extends OrderedJob>(moment: Moment<Job>): Job[] {
  return play(moment).picked;
}

/**
 * What is against a job at its turn, when all that may start before it in the order have started: the rules with their
 * channels, from the root down, such as `full root.mail`. Not for fair channels, where the order isn't known beforehand.
 */
export function holdsOf<Job extends OrderedJob>(moment: Moment<Job>, job: Job): string[] {
  const before = moment.ready.filter((other) => inOrder(other, job) < 0);
  const { holds } = play({ ...moment, ready: [...before, job], limit: Infinity }, job);
  return holds(job);
}

/** Starts all that may, but for `aside`. */
function play<Job extends OrderedJob>(
  moment: Moment<Job>,
  aside?: Job,
): { picked: Job[]; holds: (job: Job) => string[] } {
  const { channels, failed = [], waiting = [], now = 0, limit = Infinity } = moment;
  const running = [...(moment.running ?? [])];
  const served = [...(moment.served ?? [])];
  const nextStart = new Map(moment.nextStart);
  const recentStarts = new Map(moment.recentStarts);
  const ready = moment.ready.toSorted(inOrder);
  const picked: Job[] = [];

  const holdsAt = (channel: ChannelConfig, job: Job): string[] => {
    const below = (path: string): boolean => isWithin(path, channel.name);
    const { name, capacity, throttle, rate } = channel;
    const first = [...ready, ...waiting].filter((other) => below(other.channel)).toSorted(inOrder)[0];
    const rules: [string, boolean][] = [
      ['paused', channel.paused],
      ['full', capacity !== null && running.filter(below).length >= capacity],
      ['throttle', throttle !== null && (nextStart.get(name) ?? now) > now],
      ['rate', rate !== null && (recentStarts.get(name) ?? 0) >= rate.limit],
      ['sequential', channel.sequential && (failed.some(below) || first?.seq !== job.seq)],
    ];
    return rules.flatMap(([rule, is]) => (is ? [`${rule} ${name}`] : []));
  };
  const holds = (job: Job): string[] =>
    ancestorsOf(job.channel).flatMap((name) => holdsAt(configFor(name, channels), job));

  while (picked.length < limit) {
    const may = ready.filter((job) => job !== aside && holds(job).length === 0);
    const job = nextInTurn(may, channels, served);
    if (job === undefined) break;
    picked.push(job);
    ready.splice(ready.indexOf(job), 1);
    running.push(job.channel);
    served.push(job.channel);
    for (const name of ancestorsOf(job.channel)) {
      nextStart.set(name, now + (configFor(name, channels).throttle ?? 0));
      recentStarts.set(name, (recentStarts.get(name) ?? 0) + 1);
    }
  }
  return { picked, holds };
}

/**
 * The next of the jobs that may start. From the root down to a channel's own jobs: at an ordinary channel the way is that
 * of the first job, at a fair one that of the branch served least recently. So a fair channel shares out among its
 * branches what it is due, and is due neither more nor less than if it weren't fair.
 */
function nextInTurn<Job extends OrderedJob>(
  jobs: readonly Job[],
  channels: readonly ChannelConfig[],
  served: readonly string[],
): Job | undefined {
  let candidates = jobs.filter((job) => job.priority === jobs[0]?.priority);
  for (let channel = 'root'; ;) {
    const first = candidates[0];
    if (first === undefined) return undefined;
    const branch = (path: string): string => branchOf(path, channel);
    const lastServed = (path: string): number =>
      served.findLastIndex((other) => branch(other) === branch(path));
    const fair = configFor(channel, channels).fair;
    // The first of those who waited longest: reduce keeps the earlier job where two are equal.
    const taker = fair
      ? candidates.reduce((best, job) => (lastServed(job.channel) < lastServed(best.channel) ? job : best))
      : first;
    const way = branch(taker.channel);
    if (way === channel) return taker;
    candidates = candidates.filter((job) => branch(job.channel) === way);
    channel = way;
  }
}

/** The channel right below `channel` on the way to `path`; `channel` itself for its own jobs, which are one branch too. */
function branchOf(path: string, channel: string): string {
  const end = path.indexOf('.', channel.length + 1);
  return end === -1 ? path : path.slice(0, end);
}

export function isWithin(path: string, channel: string): boolean {
  return path === channel || path.startsWith(`${channel}.`);
}

function inOrder(a: OrderedJob, b: OrderedJob): number {
  return a.priority - b.priority || a.seq - b.seq;
}
