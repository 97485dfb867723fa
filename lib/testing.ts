/** For the tests of applications: see docs/testing.md. */
import type { INestApplicationContext } from '@nestjs/common';
import type { JobTraps } from './testing/job-traps.js';
import { QueueJobTesting } from './testing/queue-job-testing.js';

export {
  QueueJobTestingModule,
  type QueueJobTestingMode,
  type QueueJobTestingOptions,
} from './testing/queue-job-testing.module.js';
export { type QueueJobTesting } from './testing/queue-job-testing.js';
export { type JobTraps, type PerformOptions } from './testing/job-traps.js';
export { type ExpectedJob } from './testing/expected-job.js';
export { type MatcherResult, type QueueJobMatchers, queueJobMatchers } from './testing/matchers.js';
export { JobNotRunError } from './errors/job-not-run.error.js';
export { NeedsDatabaseError } from './errors/needs-database.error.js';

/**
 * What a test can do with the jobs of an application that imports `QueueJobTestingModule`.
 *
 * @example
 * ```ts
 * const jobs = queueJobTesting(app);
 * jobs.expectEnqueued(MailService, 'send', { args: ['ada@example.com'] });
 * await jobs.advanceTime('10 min');
 * ```
 */
export const queueJobTesting = (app: Pick<INestApplicationContext, 'get'>): QueueJobTesting =>
  app.get(QueueJobTesting, { strict: false });

/**
 * The jobs that such an application has enqueued since its start, or since `clear()`.
 *
 * @example
 * ```ts
 * const jobs = trapJobs(app);
 * await signUp.register('ada@example.com');
 * jobs.expectEnqueued(MailService, 'send', { times: 1 });
 * await jobs.performEnqueued();
 * ```
 */
export const trapJobs = (app: Pick<INestApplicationContext, 'get'>): JobTraps => queueJobTesting(app).traps;
