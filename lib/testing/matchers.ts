import type { MethodNames, ProviderClass } from '../enqueue/delayable.types.js';
import type { ExpectedJob } from './expected-job.js';
import type { JobTraps } from './job-traps.js';
import type { QueueJobTesting } from './queue-job-testing.js';

/** What a matcher tells Jest and Vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as `expect()` has them, for the declarations of Jest and Vitest. */
export interface QueueJobMatchers<R = unknown> {
  /** `expect(jobs).toHaveEnqueued(MailService, 'send', { args: ['ada@example.com'] })` */
  toHaveEnqueued<T extends object>(
    provider: ProviderClass<T> | T,
    method: MethodNames<T> & string,
    expected?: ExpectedJob,
  ): R;
}

/**
 * Matchers for `expect.extend()` of Jest and Vitest; `expect()` is given what `trapJobs()` or `queueJobTesting()` gave.
 *
 * @example
 * ```ts
 * expect.extend(queueJobMatchers);
 * expect(jobs).toHaveEnqueued(MailService, 'send', { times: 1 });
 * ```
 */
export const queueJobMatchers = {
  toHaveEnqueued(
    received: JobTraps | QueueJobTesting,
    provider: object,
    method: string,
    expected: ExpectedJob = {},
  ): MatcherResult {
    try {
      const { length } = received.expectEnqueued(provider, method as never, expected);
      return { pass: true, message: () => `Expected no such job of ${method}(), but there are ${length}.` };
    } catch (error) {
      if ((error as Error).name !== 'AssertionError') throw error;
      return { pass: false, message: () => (error as Error).message };
    }
  },
};
