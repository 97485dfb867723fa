import type { JobState } from '../../job/job-state.js';

/** `GET jobs/waits?uuids=…`: why jobs wait, by their uuids; one that is gone is missing. */
export interface JobWaits {
  readonly waits: Readonly<Record<string, JobWait>>;
}

export interface JobWait {
  /** All that holds it, the outermost first; never empty. */
  readonly reasons: readonly JobWaitReason[];
  /** Its place among the ready jobs, from 1; null if it isn't ready. 1,001 is "more than 1,000". */
  readonly position: number | null;
  /** Seconds until it may start, as far as it can be told. */
  readonly startsIn: number | null;
}

/** What `queue.explain()` gives as a reason, dates as ISO 8601; what a kind has no use for is missing. */
export interface JobWaitReason {
  /** `next`, `turn`, `eta`, `retry`, `parents`, `paused`, `full`, `throttle`, `rate`, `sequential`, `noNode`, … */
  readonly kind: string;
  readonly channel?: string;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  /** Jobs before it. */
  readonly ahead?: number;
  readonly running?: number;
  readonly capacity?: number;
  /** Jobs that it waits for; of them, some in `jobs`. */
  readonly count?: number;
  readonly jobs?: readonly { readonly uuid: string; readonly state: JobState | null }[];
  /** The job that failed, however far up its graph. */
  readonly failed?: string;
  readonly node?: number;
  /** The name of the last error. */
  readonly error?: string;
}
