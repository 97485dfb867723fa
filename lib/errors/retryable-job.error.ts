import { BRAND } from './brand.js';
import { durationOf } from './duration-of.js';
import { InvalidJobOptionError } from './invalid-job-option.error.js';
import { QueueJobError } from './queue-job.error.js';

/** A hundred years: more is a mistake in the unit, and more than PostgreSQL can add to a date. */
const MAX_SECONDS = 100 * 365.25 * 24 * 60 * 60;

/** How a job is retried; see {@link RetryableJobError}. */
export interface RetryableJobErrorOptions extends ErrorOptions {
  /**
   * The time until the next attempt: seconds, also 0, or a duration such as `'10 min'`. Default: the job's retry pattern,
   * 600 seconds without one.
   */
  readonly seconds?: number | string;
  /** Gives the attempt back: it does not count towards `maxRetries`. Default: false. */
  readonly ignoreRetry?: boolean;
  /** Nothing starts in the job's channel and below it until then, on any node: the other side is busy. Default: false. */
  readonly holdChannel?: boolean;
}

/**
 * Thrown by a job to be retried later (Odoo's `RetryableJobError`). At the `maxRetries`-th attempt the job fails
 * with `MaxRetriesError` instead.
 *
 * @throws InvalidJobOptionError if `seconds` is no number from 0 to 100 years, and no duration
 *
 * @example
 * ```ts
 * if (response.status === 503) throw new RetryableJobError('The partner is away', { seconds: 30 });
 * if (response.status === 429)
 *   throw new RetryableJobError('Too many requests', { seconds: 30, holdChannel: true, ignoreRetry: true });
 * ```
 */
export class RetryableJobError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'RetryableJobError';

  /** Until the next attempt; undefined: as the retry pattern says. */
  readonly seconds: number | undefined;
  readonly ignoreRetry: boolean;
  readonly holdChannel: boolean;

  constructor(message: string, options: RetryableJobErrorOptions = {}) {
    super('RETRYABLE_JOB', message, options.cause === undefined ? undefined : { cause: options.cause });
    const given: unknown = options.seconds;
    const seconds = typeof given === 'string' ? durationOf(given) / 1000 : given;
    const isSeconds = typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_SECONDS;
    if (seconds !== undefined && !isSeconds) {
      throw new InvalidJobOptionError(
        `RetryableJobError: seconds must be a number from 0 to ${MAX_SECONDS} or a duration such as '10 min', not ${String(given)}.`,
      );
    }
    this.seconds = isSeconds ? seconds : undefined;
    const { holdChannel = false } = options;
    if (typeof holdChannel !== 'boolean') {
      throw new InvalidJobOptionError(
        `RetryableJobError: holdChannel must be true or false, not ${String(holdChannel)}.`,
      );
    }
    this.ignoreRetry = options.ignoreRetry ?? false;
    this.holdChannel = holdChannel;
  }
}
