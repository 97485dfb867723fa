import type { JobState } from '../../job/job-state.js';
import type { FailureGroup } from './cluster.api.js';
import type { ErrorView, ValueNode } from './jobs.api.js';

export type FailureRange = 'day' | 'week';

/** `GET failures/group?id=…&range=…`: one group of failures. `count` and `retrying` are 0 once all its jobs are requeued. */
export interface FailureDetail extends FailureGroup {
  readonly range: FailureRange;
  /** The start of each hour, the oldest first; the last is not over. */
  readonly hours: readonly string[];
  /** Attempts that ended so in each of these hours, on each node; the node with most first. Null: it is not known any more. */
  readonly byNode: readonly { readonly node: number | null; readonly counts: readonly number[] }[];
  /** The same by release; null for nodes that name none, or are not known any more. */
  readonly byRelease: readonly { readonly release: string | null; readonly counts: readonly number[] }[];
  /** Releases whose first node started within these hours. */
  readonly releases: readonly { readonly release: string; readonly date: string }[];
  /** The error of the last job that is stored, with its stack. */
  readonly error: ErrorView | null;
  /** The arguments of some jobs, the last failed first. */
  readonly samples: readonly { readonly uuid: string; readonly args: readonly ValueNode[] }[];
  /** Jobs that have failed for good, at most 1,000: what a page watches once they are requeued. */
  readonly failed: readonly string[];
}

/** `POST failures/mute`. */
export interface MuteRequest {
  readonly id: string;
  /** Null: until somebody unmutes it. */
  readonly hours: number | null;
}

/** `POST failures/watch`, with `uuids`, at most 1,000: how they are. */
export interface WatchedJobs {
  readonly counts: Readonly<Record<JobState, number>>;
  /** Those that are not stored any more. */
  readonly gone: number;
  /** Some of those that have failed. */
  readonly failed: readonly string[];
}
