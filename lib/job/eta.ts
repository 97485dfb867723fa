import { types } from 'node:util';

import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { HUNDRED_YEARS_MS } from '../common/duration.js';
import { durationOf } from '../errors/duration-of.js';
import { formatValue } from '../common/format-value.js';

/** When a job may start at the earliest: this many seconds after it is stored, by the clock of the database, or at a time. */
export type Eta = { readonly inSeconds: number } | { readonly at: Date };

const MAX_SECONDS = HUNDRED_YEARS_MS / 1000;
const LAST_YEAR = 9999;

/** Whether a `Date` is one that every version of PostgreSQL reads as it is written here: of the years 1 to 9999. */
export function isStorableDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= LAST_YEAR;
}

/**
 * Reads an eta as the caller gives it. A `Date` that has passed is allowed: the job may start at once.
 *
 * @param eta - seconds from now (0 to 100 years), a `Date` (years 1 to 9999), or a duration such as `'5h'`
 * @throws InvalidJobOptionError for anything else, negative seconds included
 * @example
 * ```ts
 * parseEta('5h'); // { inSeconds: 18000 }
 * ```
 */
export function parseEta(eta: number | Date | string): Eta {
  return readMoment('eta', eta);
}

/**
 * A moment as a property gives it, see {@link parseEta}.
 *
 * @param property - its name, for the error
 */
export function readMoment(property: string, given: unknown): Eta {
  if (types.isDate(given)) {
    // A copy: the caller's Date may change before the job is stored.
    if (isStorableDate(given)) return { at: new Date(given.getTime()) };
  } else {
    const seconds = typeof given === 'string' ? durationOf(given) / 1000 : given;
    // + 0 turns -0 into 0.
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_SECONDS)
      return { inSeconds: seconds + 0 };
  }
  throw new InvalidJobOptionError(
    `${property} must be seconds from now (0 to ${MAX_SECONDS}), a duration such as '5h', or a valid Date of the years 1 to ${LAST_YEAR}, not ${formatValue(given)}.`,
  );
}
