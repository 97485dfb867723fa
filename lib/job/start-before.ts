import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { wrongValue } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import { type Eta, readMoment } from './eta.js';

/**
 * Reads the moment by which a job must have begun.
 *
 * @param value - seconds from now above 0, a duration such as `'10 min'`, or a `Date` that has not passed
 * @throws InvalidJobOptionError
 * @example
 * ```ts
 * readStartBefore('10 min'); // { inSeconds: 600 }
 * ```
 */
export function readStartBefore(value: unknown): Eta {
  const moment = readMoment('startBefore', value);
  if ('at' in moment ? moment.at.getTime() > Date.now() : moment.inSeconds > 0) return moment;
  throw new InvalidJobOptionError(
    `startBefore must be in the future, and ${formatValue(value)} has passed: the job could never begin.`,
  );
}

/** The same in `@Job()` and in the module's defaults, where a `Date` would be one for all jobs. */
export function readDefaultStartBefore(value: unknown): number {
  const moment = readStartBefore(value);
  if ('inSeconds' in moment) return moment.inSeconds;
  throw wrongValue(
    'startBefore',
    "seconds above 0 or a duration such as '10 min', which count from each call",
    value,
  );
}

/** @throws InvalidJobOptionError where the job may not begin until it is too late */
export function checkStartBefore(startBefore: Eta, eta: Eta): void {
  const now = Date.now();
  const inMs = (moment: Eta): number =>
    'at' in moment ? moment.at.getTime() - now : moment.inSeconds * 1_000;
  // Of two of a kind the clocks of this machine and of the database don't matter.
  if (inMs(startBefore) > inMs(eta)) return;
  throw new InvalidJobOptionError(
    'startBefore must be later than eta: a job that may not begin before its eta would never run.',
  );
}
