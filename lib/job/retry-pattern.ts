import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { HUNDRED_YEARS_MS } from '../common/duration.js';
import { durationOf } from '../errors/duration-of.js';
import { formatValue } from '../common/format-value.js';

/**
 * Seconds until the next attempt, by the number of attempts made: the value at the largest key that isn't above it. A pair
 * `[min, max]` is a random whole number of seconds, both ends included.
 *
 * @example
 * ```ts
 * const pattern: RetryPattern = { 1: 10, 5: '20 s', 10: 30, 15: ['4 min', '6 min'] };
 * // 10 s after attempts 1 to 4, 20 s after 5 to 9, 30 s after 10 to 14, 4 to 6 minutes from the 15th on
 * ```
 */
export type RetryPattern = Readonly<Record<number, RetryDelay | readonly [min: RetryDelay, max: RetryDelay]>>;

/** Whole seconds, or a duration of whole seconds such as `'10 min'`. */
export type RetryDelay = number | string;

/** {@link RetryPattern} after its check, in seconds. */
export type SecondsPattern = Readonly<Record<number, number | readonly [min: number, max: number]>>;

/** Seconds until the next attempt where no pattern says otherwise, and before the first key of one. */
const DEFAULT_RETRY_SECONDS = 600;

const MAX_SECONDS = HUNDRED_YEARS_MS / 1000;
const ALLOWED = 'an object of attempts and seconds, such as { 1: 10, 5: 60, 10: [240, 360] }';

/**
 * Checks a retry pattern.
 *
 * @returns a frozen copy
 * @throws InvalidJobOptionError where a key isn't a whole number of at least 0, a value isn't one or an ordered pair of
 *   them, or the pattern is empty
 */
export function validateRetryPattern(pattern: unknown): SecondsPattern {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern) || pattern instanceof Map) {
    throw new InvalidJobOptionError(`retryPattern must be ${ALLOWED}, not ${formatValue(pattern)}.`);
  }
  const entries: [string, unknown][] = Object.entries(pattern);
  if (entries.length === 0) {
    throw new InvalidJobOptionError(
      `retryPattern is empty: leave it out to retry after ${DEFAULT_RETRY_SECONDS} s, or give ${ALLOWED}.`,
    );
  }
  return Object.freeze(
    Object.fromEntries(entries.map(([key, value]) => [checkKey(key), checkValue(key, value)])),
  );
}

/**
 * Seconds until the next attempt.
 *
 * @param pattern - a checked pattern; `undefined` where the job has none
 * @param attempts - the attempts made so far, 1 after the first
 * @param random - gives numbers from 0 up to, not including, 1. Default: `Math.random`
 * @example
 * ```ts
 * secondsUntilRetry({ 1: 10, 5: 20 }, 7); // 20
 * ```
 */
export function secondsUntilRetry(
  pattern: SecondsPattern | undefined,
  attempts: number,
  random: () => number = Math.random,
): number {
  const keys = Object.keys(pattern ?? {}).map(Number);
  const value = pattern?.[Math.max(...keys.filter((key) => key <= attempts))] ?? DEFAULT_RETRY_SECONDS;
  if (typeof value === 'number') return value;
  const [min, max] = value;
  return min + Math.floor(random() * (max - min + 1));
}

function checkKey(key: string): string {
  if (/^(0|[1-9][0-9]*)$/.test(key) && Number.isSafeInteger(Number(key))) return key;
  throw new InvalidJobOptionError(
    `retryPattern: a key is the number of attempts, a whole number of at least 0, not ${formatValue(key)}.`,
  );
}

function checkValue(key: string, value: unknown): number | readonly [number, number] {
  const seconds = secondsOf(value);
  if (isSeconds(seconds)) return seconds;
  if (Array.isArray(value) && value.length === 2) {
    const [min, max] = value.map(secondsOf);
    if (isSeconds(min) && isSeconds(max) && min <= max) return Object.freeze([min, max] as const);
  }
  throw new InvalidJobOptionError(
    `retryPattern[${key}] must be whole seconds from 0 to ${MAX_SECONDS}, a duration of whole seconds such as '10 min', or a pair [min, max] of them with min ≤ max, not ${formatValue(value)}.`,
  );
}

function secondsOf(value: unknown): unknown {
  return typeof value === 'string' ? durationOf(value) / 1_000 : value;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_SECONDS;
}
