import { FailedJobError } from '../errors/failed-job.error.js';
import { MaxRetriesError } from '../errors/max-retries.error.js';
import { NothingToDoJob } from '../errors/nothing-to-do-job.error.js';
import { RetryableJobError } from '../errors/retryable-job.error.js';

import { type RetryPattern, secondsUntilRetry } from './retry-pattern.js';
import { isSerializationFailure } from '../common/serialization-failure.js';
import { show } from '../common/format-value.js';
import { asError } from '../common/to-error.js';

/** What is known of a job when one of its tries ends. */
export interface TriedJob {
  readonly uuid: string;
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  /** The tries made, this one included: 1 at the first. */
  readonly retry: number;
  /** The tries allowed; 0 is without end. */
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
export type RetryOn = 'retryable' | 'any' | ((error: unknown, job: TriedJob) => boolean);

/** How the tries of a job are repeated. */
export interface RetryRules {
  /** Default: 600 s after each try. */
  readonly retryPattern?: RetryPattern | undefined;
  /** Default: `'retryable'`. */
  readonly retryOn?: RetryOn | undefined;
  /** Gives numbers from 0 up to, not including, 1, for the pairs of a pattern. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How a try ended: the method returned, or threw. */
export type TryEnd = { readonly result: unknown } | { readonly error: unknown };

/** What becomes of the job. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'retry';
      /** Seconds from now. */
      readonly seconds: number;
      readonly error: Error;
      /** The try doesn't count: `retry` goes back by one. */
      readonly giveTryBack: boolean;
    }
  | { readonly kind: 'failed'; readonly error: Error };

/** Seconds until the next try after a serialization failure or a deadlock. */
export const SERIALIZATION_RETRY_SECONDS = 5;

/**
 * Decides what becomes of a job after a try. Only `RetryableJobError` retries, and what `retryOn` says; serialization
 * failures and deadlocks of PostgreSQL always do. At the last try allowed a retry becomes `MaxRetriesError`.
 *
 * @example
 * ```ts
 * decideOutcome({ error: new RetryableJobError('busy', { seconds: 30 }) }, job, {});
 * // { kind: 'retry', seconds: 30, error, giveTryBack: false }
 * ```
 */
export function decideOutcome(end: TryEnd, job: TriedJob, rules: RetryRules): Outcome {
  if (!('error' in end)) return { kind: 'done', result: end.result };
  const { error: thrown } = end;
  const error = asError(thrown);
  const byPattern = (): number =>
    secondsUntilRetry(rules.retryPattern, job.retry, rules.random ?? Math.random);

  if (error instanceof NothingToDoJob) return { kind: 'done', result: error.message };
  if (error instanceof FailedJobError) return { kind: 'failed', error };
  if (error instanceof RetryableJobError) {
    const seconds = error.seconds ?? byPattern();
    return error.ignoreRetry
      ? { kind: 'retry', seconds, error, giveTryBack: true }
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

function retryOrFail(error: Error, job: TriedJob, seconds: number): Outcome {
  if (job.maxRetries === 0 || job.retry < job.maxRetries)
    return { kind: 'retry', seconds, error, giveTryBack: false };
  const message = `Max. retries (${job.maxRetries}) reached: ${error.message}`;
  return { kind: 'failed', error: new MaxRetriesError(message, { cause: error }) };
}

function isRetried(thrown: unknown, job: TriedJob, retryOn: RetryOn = 'retryable'): boolean {
  if (typeof retryOn === 'string') return retryOn === 'any';
  const answer: unknown = retryOn(thrown, job);
  if (typeof answer === 'boolean') return answer;
  // An async function above all: as a condition its promise would always be true. Its rejection is nobody's any more.
  if (answer instanceof Promise) answer.catch(() => undefined);
  throw new TypeError(`it must return true or false at once, not ${show(answer)}`);
}

function retryOnFailed(failure: unknown, error: Error, job: TriedJob): Error {
  const cause = new AggregateError(
    [asError(failure), error],
    'The error of retryOn, and the one that it was asked about',
  );
  const message = `retryOn of ${job.name} failed (${asError(failure).message}) when asked about: ${error.message}`;
  return new Error(message, { cause });
}
