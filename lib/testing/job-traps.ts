import { AssertionError } from 'node:assert';
import type { MethodNames, ProviderClass } from '../enqueue/delayable.types.js';
import type { JobRegistry } from '../registry/job-registry.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import { differences, type ExpectedJob, failureText } from './expected-job.js';

/** How jobs are run that a test has trapped. */
export interface PerformOptions {
  /** Whether jobs run as well that these jobs enqueue. Default: true. */
  readonly recursive?: boolean;
}

/** Runs jobs; returns the errors of those that failed. */
export type Perform = (uuids: ReadonlySet<string>, recursive: boolean) => Promise<Error[]>;

/** The jobs that an application enqueued since the trap was set. */
export class JobTraps {
  private readonly trapped: QueueJob[] = [];

  constructor(
    private readonly registry: JobRegistry,
    private readonly perform: Perform,
    private readonly forget: () => void,
  ) {}

  /** In the order in which they were enqueued. */
  get enqueued(): readonly QueueJob[] {
    return this.trapped;
  }

  /**
   * Expects a job that was enqueued.
   *
   * @param provider - as for `withDelay()`: an injected instance, or a class
   * @returns the jobs that are as expected
   * @throws AssertionError that says what was enqueued instead, and what comes nearest
   * @example
   * ```ts
   * jobs.expectEnqueued(MailService, 'send', { args: ['ada@example.com'], properties: { priority: 5 }, times: 1 });
   * ```
   */
  expectEnqueued<T extends object>(
    provider: ProviderClass<T> | T,
    method: MethodNames<T> & string,
    expected: ExpectedJob = {},
  ): QueueJob[] {
    const { name } = this.registry.functionOf(provider, method);
    const found = this.trapped.filter((job) => job.name === name && differences(job, expected).length === 0);
    const { times } = expected;
    if (times === undefined ? found.length > 0 : found.length === times) return found;
    throw new AssertionError({
      message: failureText(name, expected, this.trapped, found.length),
      actual: this.trapped.map((job) => job.name),
      expected: name,
      operator: 'expectEnqueued',
    });
  }

  /**
   * Runs what was enqueued, by priority and in the order of graphs, each until it has ended or waits for its eta.
   *
   * @throws the first error of a job that failed, with the job's name, after all have run
   */
  async performEnqueued({ recursive = true }: PerformOptions = {}): Promise<void> {
    const errors = await this.perform(new Set(this.trapped.map(({ uuid }) => uuid)), recursive);
    if (errors[0] !== undefined) throw errors[0];
  }

  /** Forgets what was enqueued; in tests without a database it is gone. */
  clear(): void {
    this.trapped.length = 0;
    this.forget();
  }

  /** Adds what has been enqueued. */
  add(jobs: readonly QueueJob[]): void {
    for (const job of jobs) if (!this.trapped.includes(job)) this.trapped.push(job);
  }
}
