import type { JobState } from '../../job/job-state.js';

/** An error, as it was thrown. */
export interface ExplainedError {
  readonly name: string;
  readonly message: string;
}

/** Another job that an explanation names. */
export interface ExplainedJob {
  readonly uuid: string;
  readonly state: JobState;
}

/**
 * What a job waits for, or what became of it; `kind` tells which.
 *
 * @example
 * ```ts
 * const { reasons } = await queue.explain(uuid);
 * const full = reasons.find((reason) => reason.kind === 'full');
 * console.log(full?.channel, full?.capacity);
 * ```
 */
export type WaitReason =
  /** Nothing holds it: it is the next that starts, once a node has a free slot. */
  | { readonly kind: 'next' }
  /** Nothing holds it but those before it: it starts after `ahead` others. */
  | { readonly kind: 'turn'; readonly ahead: number }
  /** It starts no earlier than its eta. */
  | { readonly kind: 'eta'; readonly until: Date }
  /** It has been tried, and is retried then. `maxRetries` 0 is without end. */
  | {
      readonly kind: 'retry';
      readonly until: Date;
      readonly attempts: number;
      readonly maxRetries: number;
      readonly error: ExplainedError | null;
    }
  /** Its parents are not done: the first 20 of `count` (1,000 at most), and the job that failed, however far up the graph. */
  | {
      readonly kind: 'parents';
      readonly count: number;
      readonly parents: readonly { readonly uuid: string; readonly state: JobState | null }[];
      readonly failed: {
        readonly uuid: string;
        readonly name: string;
        readonly error: ExplainedError | null;
      } | null;
    }
  /** The channel, its own or one above, is paused; by whom and since when, if that was done on the dashboard. */
  | {
      readonly kind: 'paused';
      readonly channel: string;
      readonly by: string | null;
      readonly since: Date | null;
    }
  /** Its job function is paused. */
  | {
      readonly kind: 'functionPaused';
      readonly name: string;
      readonly by: string | null;
      readonly since: Date;
    }
  /** As many jobs run below the channel as may; `ahead` others wait there before it. */
  | {
      readonly kind: 'full';
      readonly channel: string;
      readonly capacity: number;
      readonly running: number;
      readonly ahead: number;
    }
  /** A job, `by`, was told to slow down and holds the channel. */
  | { readonly kind: 'held'; readonly channel: string; readonly until: Date; readonly by: string | null }
  /** The last start below the channel was less than its throttle ago, or the next is another's; null: not known yet. */
  | { readonly kind: 'throttle'; readonly channel: string; readonly until: Date | null }
  /** As many jobs have started below the channel as its rate allows, or will before this one. `until`: when more may. */
  | {
      readonly kind: 'rate';
      readonly channel: string;
      readonly limit: number;
      /** Seconds. */
      readonly per: number;
      readonly until: Date;
    }
  /** The channel goes strictly in order, and this job comes before it there. */
  | { readonly kind: 'sequential'; readonly channel: string; readonly behind: ExplainedJob }
  /** No node lives that takes jobs. */
  | { readonly kind: 'noNode' }
  /** No living node knows a job function of that name. */
  | { readonly kind: 'unknownName'; readonly name: string }
  /** No living node that knows the job serves its channel. */
  | { readonly kind: 'unserved'; readonly channel: string }
  /** It is at a node, and starts there in a moment. */
  | { readonly kind: 'claimed'; readonly node: number; readonly since: Date | null }
  | { readonly kind: 'running'; readonly node: number; readonly since: Date | null }
  /** It has failed, and waits for somebody to requeue, cancel or delete it. */
  | { readonly kind: 'failed'; readonly since: Date | null; readonly error: ExplainedError | null }
  | { readonly kind: 'ended'; readonly state: 'done' | 'cancelled'; readonly since: Date | null };

/** Why a job waits, or what became of it. */
export interface JobExplanation {
  readonly uuid: string;
  /** `Provider.method`. */
  readonly name: string;
  readonly channel: string;
  readonly state: JobState;
  /** All that holds it, the job's own reasons before those of its channels, from the outermost channel inwards. Never empty. */
  readonly reasons: readonly WaitReason[];
  /**
   * Its place among the jobs that are ready below the outermost channel that limits it, by priority and creation: 1 is the
   * first. Null if it isn't ready. 1,001 is "more than 1,000".
   */
  readonly position: number | null;
  /**
   * In how many seconds it may start, by its eta, the limits and what has ended in the last minutes; null if it can't be
   * told.
   */
  readonly startsIn: number | null;
}
