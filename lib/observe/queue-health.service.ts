import { Injectable } from '@nestjs/common';
import { checkProperties } from '../common/check-properties.js';
import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import { SharedRead } from '../common/shared-read.js';
import { readText } from '../common/to-error.js';
import { JobRunner } from '../runner/job-runner.js';
import type { RunnerState } from '../runner/node-state.js';
import { type HealthFacts, HealthStore } from '../store/stats/health-store.js';
import { Store } from '../store/store.js';

const DEFAULT_MAX_WAIT = 10 * 60 * 1000;
const DEFAULT_TIMEOUT = 3_000;
/** Probes that come within this many milliseconds of each other share one query. */
const FRESH_MS = 1_000;

/** What a health check counts as healthy. */
export interface QueueHealthOptions {
  /** The longest that a ready job may wait: milliseconds, or a duration such as `'5 min'`; `null`: any time. Default: `'10 min'`. */
  readonly maxWait?: number | string | null;
  /** How long PostgreSQL may take to answer: milliseconds, or a duration. Default: 3000. */
  readonly timeout?: number | string;
}

/** How the queue is, as this process sees it. */
export interface QueueHealth {
  /** `down`: PostgreSQL does not answer. `degraded`: jobs are stored, but some of them do not run as they should. */
  readonly status: 'up' | 'degraded' | 'down';
  /** Why the status is not `up`, one sentence each. */
  readonly reasons: readonly string[];
  /** The state of this process's runner; `off` if the module option `runner` is `false` and nobody has started it. */
  readonly runner: RunnerState | 'off';
  /** For how long the job that has waited longest has been ready, in seconds; `null` if none waits, or if nobody knows. */
  readonly oldestWaiting: number | null;
  /** Paused channels with ready jobs in or below them: the first 20 by name. */
  readonly pausedChannels: readonly string[];
}

/**
 * Says whether jobs can be stored and are run. One query answers all probes of a second; it costs the same however many
 * jobs wait.
 *
 * @example
 * ```ts
 * const { status, reasons } = await health.check({ maxWait: '5 min' });
 * ```
 */
@Injectable()
export class QueueHealthService {
  private readonly facts: SharedRead<HealthFacts>;

  /** @internal */
  constructor(
    store: Store,
    private readonly runner: JobRunner,
  ) {
    const facts = new HealthStore(store.database, store.tables);
    this.facts = new SharedRead(async () => facts.read(), FRESH_MS);
  }

  /**
   * Never rejects for the state of the queue: a database that is away is `down`.
   *
   * @throws InvalidJobOptionError for an unknown or wrong option
   */
  async check(options: QueueHealthOptions = {}): Promise<QueueHealth> {
    const { maxWait, timeout } = checkHealthOptions(options);
    const { autoStart } = this.runner;
    const state = this.runner.state;
    const runner = state === 'stopped' && !autoStart ? 'off' : state;
    let facts: HealthFacts;
    try {
      facts = await within(timeout, this.facts.get());
    } catch (error) {
      const code = readText(error, 'code');
      const reason = `Database query failed${code === undefined ? '' : ` (${code})`}`;
      const reasons = [error instanceof NoAnswer ? error.message : reason];
      return { status: 'down', reasons, runner, oldestWaiting: null, pausedChannels: [] };
    }
    const reasons = reasonsOf(runner, facts, maxWait);
    return { status: reasons.length > 0 ? 'degraded' : 'up', reasons, runner, ...facts };
  }
}

/** @throws InvalidJobOptionError */
function checkHealthOptions(options: QueueHealthOptions): { maxWait: number; timeout: number } {
  const given = checkProperties<QueueHealthOptions>(options, {
    maxWait: (value) => (value === null ? Infinity : parseMilliseconds('maxWait', value as string)),
    timeout: (value) => parseMilliseconds('timeout', value as string, MAX_TIMER_MS),
  });
  const { maxWait = DEFAULT_MAX_WAIT, timeout = DEFAULT_TIMEOUT } = given;
  return { maxWait: maxWait as number, timeout: timeout as number };
}

function reasonsOf(
  runner: RunnerState | 'off',
  { oldestWaiting, pausedChannels }: HealthFacts,
  maxWait: number,
): string[] {
  const reasons: string[] = [];
  if (runner === 'disconnected')
    reasons.push('This node has lost its session with PostgreSQL and claims no jobs until it has a new one');
  if (runner === 'stopped') reasons.push('The runner of this process is stopped');
  if (oldestWaiting !== null && oldestWaiting * 1000 > maxWait)
    reasons.push(
      `A job has been ready for ${Math.round(oldestWaiting)} s, longer than ${Math.round(maxWait / 1000)} s`,
    );
  for (const channel of pausedChannels) reasons.push(`The channel ${channel} is paused, and jobs wait in it`);
  return reasons;
}

class NoAnswer extends Error {}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new NoAnswer(`PostgreSQL has not answered within ${ms} ms`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
