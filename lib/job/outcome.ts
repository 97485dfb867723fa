import { HUNDRED_YEARS_MS } from '../common/duration.js';
import { FailedJobError } from '../errors/failed-job.error.js';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { MaxRetriesError } from '../errors/max-retries.error.js';
import { NothingToDoJob } from '../errors/nothing-to-do-job.error.js';
import { RetryableJobError } from '../errors/retryable-job.error.js';

import { type SecondsPattern, secondsUntilRetry } from './retry-pattern.js';
import { isSerializationFailure } from '../common/pg-errors.js';
import { formatValue } from '../common/format-value.js';
import { toError, messageOf } from '../common/to-error.js';

/** What is known of a job when one of its attempts ends. */
export interface AttemptedJob {
  readonly uuid: string;
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  /** The attempts made, this one included: 1 at the first. */
  readonly retry: number;
  /** The attempts allowed; 0 is without end. */
  readonly maxRetries: number;
}

/**
 * Which errors are retried: only `RetryableJobError`, any, or those for which a function returns true. It is never asked
 * about `RetryableJobError`, `FailedJobError`, `NothingToDoJob`, or the serialization failures of PostgreSQL.
 *
 * @example
 * ```ts
 * const retryOn: RetryOn = (error, job) => error instanceof FetchError && job.retry < 3;
 * ```
 */
export type RetryOn = 'retryable' | 'any' | ((error: unknown, job: AttemptedJob) => boolean);

/** How the attempts of a job are repeated. */
export interface RetryRules {
  /** Default: 600 s after each attempt. */
  readonly retryPattern?: SecondsPattern | undefined;
  /** Default: `'retryable'`. */
  readonly retryOn?: RetryOn | undefined;
  /** Gives numbers from 0 up to, not including, 1, for the pairs of a pattern. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How an attempt ended: the method returned, or threw. */
export type MethodOutcome = { readonly result: unknown } | { readonly error: unknown };

/** What becomes of the job. */
export type AttemptOutcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'retry';
      /** Seconds from now. */
      readonly seconds: number;
      readonly error: Error;
      /** The attempt doesn't count: `retry` goes back by one. */
      readonly giveAttemptBack: boolean;
    }
  | { readonly kind: 'failed' | 'cancelled'; readonly error: Error };

/** Seconds until the next attempt after a serialization failure or a deadlock. */
export const SERIALIZATION_RETRY_SECONDS = 5;

/**
 * Decides what becomes of a job after an attempt. Only `RetryableJobError` retries, and what `retryOn` says; serialization
 * failures and deadlocks of PostgreSQL always do. At the last attempt allowed a retry becomes `MaxRetriesError`. A
 * `JobCancelledError` cancels the job.
 *
 * @example
 * ```ts
 * decideOutcome({ error: new RetryableJobError('busy', { seconds: 30 }) }, job, {});
 * // { kind: 'retry', seconds: 30, error, giveAttemptBack: false }
 * ```
 */
export function decideOutcome(end: MethodOutcome, job: AttemptedJob, rules: RetryRules): AttemptOutcome {
  if (!('error' in end)) return { kind: 'done', result: end.result };
  const { error: thrown } = end;
  const error = toError(thrown);
  const byPattern = (): number =>
    secondsUntilRetry(rules.retryPattern, job.retry, rules.random ?? Math.random);

  if (error instanceof NothingToDoJob) return { kind: 'done', result: messageOf(error) };
  if (error instanceof JobCancelledError) return { kind: 'cancelled', error };
  if (error instanceof FailedJobError) return { kind: 'failed', error };
  if (error instanceof RetryableJobError) {
    const { seconds: given, ignoreRetry } = error;
    // Checked by its constructor, but a subclass may say anything.
    const seconds = isSeconds(given) ? given : byPattern();
    return ignoreRetry
      ? { kind: 'retry', seconds, error, giveAttemptBack: true }
      : retryOrFail(error, job, seconds);
  }
  if (isSerializationFailure(thrown)) return retryOrFail(error, job, SERIALIZATION_RETRY_SECONDS);
  let retried: boolean;
  try {
    retried = isRetried(thrown, job, rules.retryOn);
  } catch (failure) {
    return { kind: 'failed', error: retryOnFailed(failure, error, job) };
  }
  return retried ? retryOrFail(error, job, byPattern()) : { kind: 'failed', error };
}

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= HUNDRED_YEARS_MS / 1000;

function retryOrFail(error: Error, job: AttemptedJob, seconds: number): AttemptOutcome {
  if (job.maxRetries === 0 || job.retry < job.maxRetries)
    return { kind: 'retry', seconds, error, giveAttemptBack: false };
  const message = `Max. retries (${job.maxRetries}) reached: ${messageOf(error)}`;
  return { kind: 'failed', error: new MaxRetriesError(message, { cause: error }) };
}

function isRetried(thrown: unknown, job: AttemptedJob, retryOn: RetryOn = 'retryable'): boolean {
  if (typeof retryOn === 'string') return retryOn === 'any';
  const answer: unknown = retryOn(thrown, job);
  if (typeof answer === 'boolean') return answer;
  // An async function above all: as a condition its promise would always be true. Its rejection is nobody's any more.
  if (answer instanceof Promise) answer.catch(() => undefined);
  throw new TypeError(`it must return true or false at once, not ${formatValue(answer)}`);
}

function retryOnFailed(failure: unknown, error: Error, job: AttemptedJob): Error {
  const cause = new AggregateError(
    [toError(failure), error],
    'The error of retryOn, and the one that it was asked about',
  );
  const message = `retryOn of ${job.name} failed (${messageOf(toError(failure))}) when asked about: ${messageOf(error)}`;
  return new Error(message, { cause });
}
