import { maybeCurrentJob } from './current-job.js';

/** What a log line says of the job in which it was written. */
export interface JobLogFields {
  readonly jobUuid: string;
  readonly jobName: string;
  /** The number of the attempt, from 1. */
  readonly jobAttempt: number;
}

/**
 * The fields for a log line of the job that is running here; undefined outside of a job.
 *
 * @example
 * ```ts
 * LoggerModule.forRoot({ pinoHttp: { mixin: () => ({ ...jobLogFields() }) } });
 * ```
 */
export function jobLogFields(): JobLogFields | undefined {
  const job = maybeCurrentJob()?.job;
  return job && { jobUuid: job.uuid, jobName: job.name, jobAttempt: job.retry };
}
