import type { CatchUp, StoredTiming } from '../store/schedules/schedule-definition.js';
import { checkProperties, type Checks } from '../common/check-properties.js';
import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import { formatValue } from '../common/format-value.js';
import {
  checkBoolean,
  checkMaxRetries,
  checkName,
  checkOneOf,
  checkPriority,
} from '../common/option-checks.js';
import { isStorable } from '../common/storable-text.js';
import { normalizeChannelName } from '../channel/channel-name.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { toError } from '../common/to-error.js';
import type { TicksCache } from './ticks-cache.js';
import {
  checkDate,
  type ExpressionOptions,
  readTicks,
  type ScheduleExpression,
} from './expression/schedule-expression.js';

/** When a schedule ticks beside its expression, and what becomes of ticks that can't be stored in time. */
export interface ScheduleTimingOptions extends ExpressionOptions {
  /** Ends the schedule after this many ticks. Default: without limit. */
  readonly maxTicks?: number | undefined;
  /** While a job of this schedule waits or runs, a tick stores nothing. Default: false. */
  readonly noOverlap?: boolean | undefined;
  /**
   * Ticks that were missed while no node ran: none of them is made up, the last one is, or all, the oldest first and at
   * most 1,000. Default: `'none'`.
   */
  readonly catchUp?: CatchUp | undefined;
  /** Each tick starts late by a random time up to this: milliseconds, or a duration such as `'30 s'`. Default: 0. */
  readonly jitter?: number | string | undefined;
}

/** The properties of a schedule's jobs. */
export interface ScheduleJobOptions {
  /** The path of the channel. Default: that of the job function. */
  readonly channel?: string | undefined;
  /** A whole number, smaller first, 0 the highest. Default: that of the job function. */
  readonly priority?: number | undefined;
  /** The number of attempts; 0 is without end. Default: that of the job function. */
  readonly maxRetries?: number | undefined;
}

/** What a schedule is made of, after the checks. */
export interface ValidScheduleOptions {
  readonly timeZone?: string;
  readonly startAt?: Date;
  readonly endAt?: Date;
  readonly maxTicks?: number;
  readonly noOverlap?: boolean;
  readonly catchUp?: CatchUp;
  readonly jitter?: number;
  readonly channel?: string;
  readonly priority?: number;
  readonly maxRetries?: number;
}

const MAX_TICKS = 2_147_483_647;

/** The checks of every option that all ways of making a schedule share. */
export const SCHEDULE_CHECKS: Checks<ValidScheduleOptions> = {
  // The zone is checked with the expression, by readTicks().
  timeZone: (value) => value as string,
  startAt: (value) => checkDate('startAt', value),
  endAt: (value) => checkDate('endAt', value),
  maxTicks: (value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_TICKS)
      return value;
    throw new InvalidScheduleError(
      `maxTicks must be a whole number from 1 to ${MAX_TICKS}, not ${formatValue(value)}.`,
    );
  },
  noOverlap: (value) => checkBoolean('noOverlap', value),
  catchUp: (value) => checkOneOf('catchUp', ['none', 'last', 'all'], value),
  jitter: (value) => parseMilliseconds('jitter', value as number, MAX_TIMER_MS),
  channel: (value) => normalizeChannelName(checkName('channel', value)),
  priority: checkPriority,
  maxRetries: checkMaxRetries,
};

/** The name of a schedule: 1 to 255 characters. */
export function checkScheduleName(value: unknown): string {
  const isText = typeof value === 'string' && value.trim() !== '' && isStorable(value);
  if (isText && value.length <= 255 && value === value.trim()) return value;
  throw new InvalidScheduleError(
    `The name of a schedule must be a string of 1 to 255 characters without blanks at its ends, not ${formatValue(value)}.`,
  );
}

/**
 * Checks options, so that whatever is wrong with them is told as {@link InvalidScheduleError} that begins with `where`.
 */
export function checkScheduleOptions<Valid extends object>(
  where: string,
  options: unknown,
  checks: Checks<Valid>,
): Valid {
  return named(where, () => checkProperties<Valid>(options, checks));
}

/**
 * What is stored of the expression and the options that belong to it.
 *
 * @param known - has expressions that were read before: many tenants have the same
 */
export function storedTiming(
  where: string,
  expression: ScheduleExpression,
  options: ValidScheduleOptions,
  known?: TicksCache,
): StoredTiming {
  return named(where, () => {
    const isKnown = known !== undefined && typeof expression === 'string';
    if (!isKnown) readTicks(expression, options);
    const timing = {
      ...storedExpression(expression),
      timeZone: options.timeZone === undefined ? 'UTC' : options.timeZone,
      startAt: options.startAt?.toISOString() ?? null,
      endAt: options.endAt?.toISOString() ?? null,
      maxTicks: options.maxTicks ?? null,
      noOverlap: options.noOverlap ?? false,
      catchUp: options.catchUp ?? 'none',
      jitter: options.jitter ?? 0,
    };
    if (isKnown) known.of(timing);
    return timing;
  });
}

/** An expression as it is stored: `every` in milliseconds. */
export function storedExpression(expression: ScheduleExpression): Pick<StoredTiming, 'cron' | 'every'> {
  return typeof expression === 'string'
    ? { cron: expression.trim(), every: null }
    : { cron: null, every: parseMilliseconds('every', expression.every) };
}

/** Runs a check, and tells what it refuses as an error of the schedule. */
export function named<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const isOurs = error instanceof InvalidJobOptionError || error instanceof InvalidScheduleError;
    if (isOurs) throw new InvalidScheduleError(`${where}: ${error.message}`, { cause: error });
    throw new InvalidScheduleError(`${where}: ${toError(error).message}`, { cause: error });
  }
}
