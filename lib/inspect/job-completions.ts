import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { JobFailedError } from '../errors/job-failed.error.js';
import { JobNotFoundError } from '../errors/job-not-found.error.js';
import type { JobRow, JobStore } from '../store/jobs/job-store.js';
import type { CompletionSource } from './completion-watcher.js';

/** Jobs, which end done, failed or cancelled. */
export const jobCompletions = (jobs: JobStore): CompletionSource<JobRow> => ({
  what: 'Job',
  find: async (uuids) => jobs.find(uuids),
  hasEnded: ({ state }) => state === 'done' || state === 'failed' || state === 'cancelled',
  notFound: (uuid) => new JobNotFoundError(notFound(uuid)),
});

export const notFound = (uuid: string): string =>
  `There is no job ${uuid}: its transaction has not committed or was rolled back, or it was removed after its end.`;

/** The error that a job ended with, as far as it is stored; null where it is done. */
export function errorOf(row: JobRow): Error | null {
  if (row.state === 'done') return null;
  if (row.state === 'cancelled') {
    return new JobCancelledError(
      `${String(row.name)} ${String(row.uuid)}: ${JSON.parse(String(row.result)) as string}`,
    );
  }
  const cause = new Error(String(row.exc_message));
  cause.name = String(row.exc_name);
  if (typeof row.exc_info === 'string') cause.stack = row.exc_info;
  return new JobFailedError(
    `${String(row.name)} ${String(row.uuid)} failed: ${cause.name}: ${cause.message}`,
    { cause },
  );
}
