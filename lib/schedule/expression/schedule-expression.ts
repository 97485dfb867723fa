import { types } from 'node:util';
import { InvalidScheduleError } from '../../errors/invalid-schedule.error.js';
import { formatValue } from '../../common/format-value.js';
import { isStorableDate } from '../../job/eta.js';
import { BoundedTicks } from './bounded-ticks.js';
import { CronFields } from './cron-fields.js';
import { CronTicks } from './cron-ticks.js';
import { EveryTicks } from './every-ticks.js';
import type { Ticks } from './ticks.js';
import { TimeZone } from './time-zone.js';

/**
 * When a schedule ticks: a cron expression of five or six fields (`'0 9 * * MON-FRI'`), a nickname (`'@daily'`), or an
 * interval, at least a second, as milliseconds or a duration (`{ every: '5 min' }`).
 */
export type ScheduleExpression = string | { readonly every: number | string };

/** What an expression means beside its text. */
export interface ExpressionOptions {
  /** The IANA name of the zone whose wall clock a cron expression reads, such as `'Europe/Berlin'`. Default: `'UTC'`. */
  readonly timeZone?: string | undefined;
  /** No tick comes earlier; the ticks of `every` are counted from here. Default: without limit, and the epoch of Unix. */
  readonly startAt?: Date | undefined;
  /** No tick comes later. Default: without limit. */
  readonly endAt?: Date | undefined;
}

/** @throws InvalidScheduleError that quotes what was given */
export function readTicks(expression: ScheduleExpression, options: ExpressionOptions = {}): Ticks {
  const { timeZone = 'UTC' } = options;
  const startAt = instantOf('startAt', options.startAt);
  const endAt = instantOf('endAt', options.endAt);
  if (startAt !== undefined && endAt !== undefined && endAt < startAt) {
    throw new InvalidScheduleError(
      `endAt (${new Date(endAt).toISOString()}) is before startAt (${new Date(startAt).toISOString()}).`,
    );
  }
  const zone = new TimeZone(timeZone);
  const ticks =
    typeof expression === 'string'
      ? new CronTicks(new CronFields(expression), zone)
      : new EveryTicks(everyOf(expression), startAt ?? 0);
  return new BoundedTicks(ticks, startAt, endAt);
}

function everyOf(given: unknown): number | string {
  const isObject = typeof given === 'object' && given !== null;
  if (isObject && Object.keys(given).join() === 'every') return (given as { every: number | string }).every;
  throw new InvalidScheduleError(
    `The expression must be a cron expression such as '0 9 * * MON-FRI', or { every: '5 min' }, not ${formatValue(given)}.`,
  );
}

/** @throws InvalidScheduleError if it is no valid Date, or none that can be stored */
export function checkDate(property: string, value: unknown): Date {
  if (types.isDate(value) && isStorableDate(value)) return value;
  throw new InvalidScheduleError(
    `${property} must be a valid Date of the years 1 to 9999, not ${formatValue(value)}.`,
  );
}

const instantOf = (property: string, value: unknown): number | undefined =>
  value === undefined ? undefined : checkDate(property, value).getTime();
