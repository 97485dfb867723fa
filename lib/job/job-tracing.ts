/** A call that stores jobs, as its span describes it. */
export interface TracedCall {
  /** The name of the job function; of several, that of the first job. */
  readonly name: string;
  readonly channel: string;
  /** How many jobs the call stores. */
  readonly count: number;
  /** The uuid of the only job; undefined if there are several. */
  readonly uuid: string | undefined;
}

/** An attempt, as its span describes it. */
export interface TracedAttempt {
  readonly uuid: string;
  readonly name: string;
  readonly channel: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** 0: unlimited. */
  readonly maxRetries: number;
  /** The W3C `traceparent` that {@link JobTracing.enqueue} gave the job; null if the call was not traced. */
  readonly trace: string | null;
}

/** How an attempt ended. */
export interface TracedEnd {
  readonly outcome: 'done' | 'failed' | 'retried' | 'cancelled';
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
}

/**
 * The module option `tracing`: what puts calls and attempts into traces. `nestjs-queue-job/opentelemetry` has one that is
 * ready to use.
 */
export interface JobTracing {
  /**
   * Calls `store` within the span of a producer, at once, and returns what it returns.
   *
   * @param store - stores the jobs; takes the `traceparent` to store with them (55 characters), or null for none
   */
  enqueue<T>(call: TracedCall, store: (trace: string | null) => Promise<T>): Promise<T>;
  /** Calls `run` within the span of a consumer, at once, and returns what it returns; `endOf` tells how the attempt ended. */
  attempt<T>(attempt: TracedAttempt, run: () => Promise<T>, endOf: (ended: T) => TracedEnd): Promise<T>;
  /** Calls `work`, which sends a statement of the library itself, so that it makes no spans. */
  quietly<T>(work: () => T): T;
}
