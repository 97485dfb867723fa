import { JOB_STATES, type JobState } from './job-state.js';

/** Where a batch is: more may be added; nothing more; nothing more and every member has ended. */
export const BATCH_STATES = ['open', 'closed', 'ended'] as const;

/** See {@link BATCH_STATES}. */
export type BatchState = (typeof BATCH_STATES)[number];

/** Which callback of a batch. */
export type BatchEvent = 'done' | 'success' | 'failure' | 'progress';

/** How far a set of jobs is. */
export interface Progress {
  /** Every state, also where there is none. */
  readonly counts: Readonly<Record<JobState, number>>;
  readonly total: number;
  /** The share that has ended, done, failed or cancelled: 0 to 1. Of nothing it is 0 while more may come, and then 1. */
  readonly completeness: number;
  /** How many of a hundred have failed: 0 to 100. */
  readonly failedPercentage: number;
}

/**
 * How far jobs are, from their counts.
 *
 * @param given - by state; a state that is left out has none
 * @param open - whether more may be added
 */
export function progressOf(given: Partial<Record<JobState, number>>, open: boolean): Progress {
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, given[state] ?? 0])) as Record<
    JobState,
    number
  >;
  const total = JOB_STATES.reduce((sum, state) => sum + counts[state], 0);
  const ended = counts.done + counts.failed + counts.cancelled;
  return {
    counts,
    total,
    completeness: total === 0 ? Number(!open) : ended / total,
    failedPercentage: total === 0 ? 0 : (100 * counts.failed) / total,
  };
}
