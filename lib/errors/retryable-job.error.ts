import { QueueJobError } from './queue-job.error.js';

/** How a job is retried; see {@link RetryableJobError}. */
export interface RetryableJobErrorOptions extends ErrorOptions {
  /** Seconds until the next try, also 0. Default: the job's retry pattern, 600 without one. */
  readonly seconds?: number;
  /** Gives the try back: it does not count towards `maxRetries`. Default: false. */
  readonly ignoreRetry?: boolean;
}

/**
 * Thrown by a job to be tried again later (the seed's `RetryableJobError`). At the `maxRetries`-th try the job fails
 * with `MaxRetriesError` instead.
 *
 * @example
 * ```ts
 * if (response.status === 429) throw new RetryableJobError('The partner is busy', { seconds: 30 });
 * ```
 */
export class RetryableJobError extends QueueJobError {
  readonly seconds: number | undefined;
  readonly ignoreRetry: boolean;

  constructor(message: string, options: RetryableJobErrorOptions = {}) {
    super('RETRYABLE_JOB', message, options.cause === undefined ? undefined : { cause: options.cause });
    const { seconds } = options;
    if (seconds !== undefined && !(Number.isFinite(seconds) && seconds >= 0)) {
      throw new TypeError(
        `RetryableJobError: seconds must be a number of at least 0, not ${String(seconds)}`,
      );
    }
    this.seconds = seconds;
    this.ignoreRetry = options.ignoreRetry ?? false;
  }
}
