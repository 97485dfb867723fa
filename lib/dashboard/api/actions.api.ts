import type { JobState } from '../../job/job-state.js';
import type { JobQuery } from './jobs.api.js';

/**
 * `run`: now, a pending job that waits for its eta or for a retry; it needs the right `requeue`. `update`: what `set` says,
 * of jobs that wait or have failed.
 */
export type JobActionName = 'run' | 'requeue' | 'update' | 'cancel' | 'done' | 'delete';

/** What the action `update` sets, at least one of them; what is left out stays. */
export interface JobSettings {
  /** The job starts no earlier: a duration from now, such as `2h`, or a date of ISO 8601. Only for jobs that wait. */
  readonly eta?: string;
  readonly priority?: number;
  readonly channel?: string;
}

/**
 * `POST jobs/actions/:action`, either of the two. Returns lines of JSON (`application/x-ndjson`), each an
 * {@link ActionProgress}, as the work goes on batch by batch; the last has `ended: true`.
 */
export type ActionRequest = {
  /** For `update` alone. */
  readonly set?: JobSettings;
} & (
  | { readonly uuids: readonly string[] }
  | {
      readonly filter: JobQuery;
      /** As counted before: where more match by now, nothing is done, and the answer is 409 with the new `count`. */
      readonly expected: number;
    }
);

export interface ActionProgress {
  readonly total: number;
  /** How many have been looked at so far. */
  readonly seen: number;
  readonly changed: number;
  readonly unchanged: readonly UnchangedJobs[];
  readonly ended: boolean;
  /** Set where it broke off; what was changed stays so. */
  readonly error?: string;
}

/** Jobs that were not changed, and why. */
export interface UnchangedJobs {
  readonly reason: 'state' | 'gone' | 'waiting' | 'running';
  /** The state that does not allow it. */
  readonly state: JobState | null;
  readonly count: number;
  /** Some of them. */
  readonly uuids: readonly string[];
}
