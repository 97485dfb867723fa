import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { checkObject, wrongValue } from '../common/option-checks.js';
import { HUNDRED_YEARS_MS } from '../common/duration.js';
import { durationOf } from '../errors/duration-of.js';
import { formatValue } from '../common/format-value.js';
import type { RetryDelay, SecondsPattern } from './retry-pattern.js';

/** How the backoff grows: see {@link exponential}. */
export interface ExponentialOptions {
  /** The backoff after the first attempt: whole seconds of at least 1, or a duration. */
  readonly from: RetryDelay;
  /** What each backoff is multiplied by for the next: above 1, 100 at most. Default: 2. */
  readonly factor?: number;
  /** The longest backoff, before jitter: whole seconds, or a duration, from `from` on. */
  readonly upTo: RetryDelay;
  /** How far a backoff may be off, both ways, as a part of it: 0 to 1. Default: 0. */
  readonly jitter?: number;
}

const MAX_SECONDS = HUNDRED_YEARS_MS / 1_000;
const MAX_FACTOR = 100;
/** Steps up to the longest backoff: more is a factor that was meant otherwise. */
const MAX_STEPS = 1_000;
const OPTIONS = ['from', 'factor', 'upTo', 'jitter'];

/**
 * A retry pattern whose backoff grows with each attempt, in whole seconds.
 *
 * @throws InvalidJobOptionError
 * @example
 * ```ts
 * @Job({ retryPattern: exponential({ from: '5 s', factor: 2, upTo: '1 h', jitter: 0.2 }), maxRetries: 12 })
 * // after attempt 1 in 4 to 6 s, then 8 to 12, 16 to 24, … and from the 11th on 48 to 72 min
 * ```
 */
export function exponential(options: ExponentialOptions): SecondsPattern {
  const given = checkObject('exponential()', options);
  const unknown = Object.keys(given).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) {
    throw new InvalidJobOptionError(
      `exponential() has no property ${formatValue(unknown)}; it has ${OPTIONS.join(', ')}.`,
    );
  }
  const from = readSeconds('exponential(): from', given.from, 1);
  const upTo = readSeconds('exponential(): upTo', given.upTo, from);
  const factor = readNumber('exponential(): factor', given.factor ?? 2, 1, MAX_FACTOR);
  if (factor === 1) throw wrongValue('exponential(): factor', `above 1, ${MAX_FACTOR} at most`, factor);
  const jitter = readNumber('exponential(): jitter', given.jitter ?? 0, 0, 1);

  const pattern: Record<number, number | readonly [number, number]> = {};
  for (let attempt = 1, last = 0; ; attempt += 1) {
    const seconds = Math.min(upTo, from * factor ** (attempt - 1));
    if (Math.round(seconds) !== last) pattern[attempt] = spread(seconds, jitter);
    last = Math.round(seconds);
    if (seconds === upTo) return Object.freeze(pattern);
    if (attempt === MAX_STEPS) {
      throw new InvalidJobOptionError(
        `exponential() takes more than ${MAX_STEPS} attempts from ${formatValue(given.from)} to ${formatValue(given.upTo)} with the factor ${factor}. Give a larger factor.`,
      );
    }
  }
}

function spread(seconds: number, jitter: number): number | readonly [number, number] {
  const [min, max] = [Math.round(seconds * (1 - jitter)), Math.round(seconds * (1 + jitter))];
  return min === max ? min : Object.freeze([min, Math.min(max, MAX_SECONDS)] as const);
}

function readSeconds(property: string, value: unknown, min: number): number {
  const seconds = typeof value === 'string' ? durationOf(value) / 1_000 : value;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= min && seconds <= MAX_SECONDS)
    return seconds;
  throw wrongValue(
    property,
    `whole seconds from ${min} to ${MAX_SECONDS}, or a duration of them such as '10 min'`,
    value,
  );
}

function readNumber(property: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw wrongValue(property, `a number from ${min} to ${max}`, value);
}
