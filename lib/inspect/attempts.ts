import type { QueueJobAttempt } from '../store/entities/queue-job-attempt.entity.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';

/** An attempt of a job. */
export interface Attempt {
  /** From 1. */
  readonly retry: number;
  readonly node: number | null;
  readonly dateStarted: Date | null;
  readonly dateEnded: Date;
  readonly excName: string | null;
  readonly excMessage: string | null;
  /** The stack, with its causes. */
  readonly excInfo: string | null;
}

/** What a job tells of its last attempt. */
export type JobEnd = Pick<QueueJob, 'state' | 'retry' | 'node' | 'dateStarted' | 'dateDone'>;

/** The stored attempts, and the one that made the job done, which the job itself tells. */
export function attemptsOf(stored: readonly QueueJobAttempt[], job: JobEnd | null): Attempt[] {
  const attempts: Attempt[] = stored.map(
    ({ retry, node, dateStarted, dateEnded, excName, excMessage, excInfo }) => ({
      retry,
      node,
      dateStarted,
      dateEnded,
      excName,
      excMessage,
      excInfo,
    }),
  );
  if (job?.state === 'done' && job.node !== null && job.dateStarted !== null && job.dateDone !== null) {
    attempts.push({
      retry: job.retry,
      node: job.node,
      dateStarted: job.dateStarted,
      dateEnded: job.dateDone,
      excName: null,
      excMessage: null,
      excInfo: null,
    });
  }
  return attempts;
}
