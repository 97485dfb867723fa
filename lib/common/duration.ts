import ms from 'ms';

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
 * The milliseconds of a duration in words, `NaN` where it is none. A figure without a unit is none: nobody could tell
 * whether `'5'` means seconds, as eta counts them, or milliseconds.
 */
export function durationOf(text: string): number {
  const trimmed = text.trim();
  return /[a-z]$/i.test(trimmed) ? (ms(trimmed as ms.StringValue) ?? NaN) : NaN;
}
