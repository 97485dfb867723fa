import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import type { MethodNames, ProviderClass } from '../enqueue/delayable.types.js';
import type { JobState } from '../job/job-state.js';
import type { QueueService } from '../services/queue.service.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { JobListFilter } from '../store/jobs/job-filter.js';
import type { ExpectedJob } from './expected-job.js';
import type { JobTraps, PerformOptions } from './job-traps.js';
import { polled } from './polled.js';
import type { TestingEngine } from './testing-engine.js';

/** What a test does with the jobs of an application that has `QueueJobTestingModule`; see `queueJobTesting()`. */
export class QueueJobTesting {
  constructor(
    /** The jobs that were enqueued. */
    readonly traps: JobTraps,
    private readonly engine: TestingEngine,
    private readonly queue: QueueService,
  ) {}

  /** See {@link JobTraps.enqueued}. */
  get enqueued(): readonly QueueJob[] {
    return this.traps.enqueued;
  }

  /** See {@link JobTraps.expectEnqueued}. */
  expectEnqueued<T extends object>(
    provider: ProviderClass<T> | T,
    method: MethodNames<T> & string,
    expected: ExpectedJob = {},
  ): QueueJob[] {
    return this.traps.expectEnqueued(provider, method, expected);
  }

  /** See {@link JobTraps.performEnqueued}. */
  async performEnqueued(options: PerformOptions = {}): Promise<void> {
    await this.traps.performEnqueued(options);
  }

  /** See {@link JobTraps.clear}. */
  clear(): void {
    this.traps.clear();
  }

  /** Runs all that is ready, and what that enqueues, until nothing is ready and nothing runs. */
  async drain(): Promise<void> {
    await this.engine.drain();
  }

  /**
   * Lets time pass for the etas of jobs.
   *
   * @param time - milliseconds, or a duration such as `'10 min'`
   */
  async advanceTime(time: number | string): Promise<void> {
    await this.engine.advanceTime(parseMilliseconds('time', time));
  }

  /**
   * Waits for a job in a state.
   *
   * @param selector - a job, its uuid, or a filter as for `QueueService.list()`
   * @param options - `timeout`: milliseconds or a duration. Default: 10 s
   */
  async waitFor(
    selector: QueueJob | string | JobListFilter,
    state: JobState,
    options: { readonly timeout?: number | string } = {},
  ): Promise<QueueJob> {
    const timeout = parseMilliseconds('timeout', options.timeout ?? 10_000, MAX_TIMER_MS);
    const look = async (): Promise<QueueJob[]> => {
      if (typeof selector !== 'string' && !('uuid' in selector)) return this.queue.list(selector);
      const job = await this.queue.find(typeof selector === 'string' ? selector : selector.uuid);
      return job === null ? [] : [job];
    };
    return polled(
      async () => (await look()).find((job) => job.state === state),
      async () => {
        const found = (await look()).map((job) => `${job.name} is ${job.state}`);
        return `no such job is ${state}; ${found.length === 0 ? 'there is none' : found.join(', ')}`;
      },
      timeout,
    );
  }

  /** Runs `work` in another mode: `'fake'` or `'inline'`. */
  async withMode<T>(mode: 'fake' | 'inline', work: () => T | Promise<T>): Promise<T> {
    return this.engine.withMode(mode, work);
  }
}
