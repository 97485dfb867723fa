import ms from 'ms';

import { durationOf } from '../errors/duration-of.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { formatValue } from './format-value.js';

/** The longest time that any property takes, in milliseconds: more is a mistake in the unit. */
export const HUNDRED_YEARS_MS = 100 * 365.25 * 24 * 60 * 60 * 1000;

/** About 24.8 days. A timer of Node that is told to wait longer fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/**
 * The milliseconds of a property that is one of `…timeout`, `…Interval` or `…Duration`.
 *
 * @param property - its name, for the error
 * @param value - milliseconds, or a duration such as `'5h'` or `'30 s'`
 * @param max - the most that is allowed, in milliseconds. Default: 100 years
 * @throws InvalidJobOptionError where it is neither, negative, not finite or above `max`
 * @example
 * ```ts
 * parseMilliseconds('timeout', '1.5s'); // 1500
 * ```
 */
export function parseMilliseconds(property: string, value: number | string, max = HUNDRED_YEARS_MS): number {
  const given: unknown = value;
  const millis = typeof given === 'string' ? durationOf(given) : given;
  if (typeof millis === 'number' && millis >= 0 && millis <= max) return millis;
  throw new InvalidJobOptionError(
    `${property} must be milliseconds of at least 0 or a duration such as '30 s', ${ms(max, { long: true })} at most, not ${formatValue(given)}.`,
  );
}

/**
 * The seconds of a time that a running job gives.
 *
 * @param what - the call, for the error
 * @param time - seconds, or a duration such as `'30 s'`
 * @throws InvalidJobOptionError where it is neither, negative, not finite or above 100 years
 */
export function parseSeconds(what: string, time: number | string): number {
  const given: unknown = time;
  const seconds = typeof given === 'string' ? durationOf(given) / 1000 : given;
  // JavaScript would take null and texts for numbers.
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= HUNDRED_YEARS_MS / 1000) return seconds;
  throw new InvalidJobOptionError(
    `${what} takes a number from 0 to ${HUNDRED_YEARS_MS / 1000} or a duration such as '30 s', not ${formatValue(given)}.`,
  );
}
