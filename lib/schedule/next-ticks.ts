import { types } from 'node:util';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { formatValue } from '../common/format-value.js';
import {
  type ExpressionOptions,
  readTicks,
  type ScheduleExpression,
} from './expression/schedule-expression.js';

/** More is a mistake, and would keep the process busy. */
const MAX_COUNT = 10_000;

/** What {@link nextTicks} takes beside the expression. */
export interface NextTicksOptions extends ExpressionOptions {
  /** The ticks after this instant are returned. Default: now, by the clock of this process. */
  readonly from?: Date | undefined;
  /** How many ticks to return, 1 to 10,000. Default: 5. */
  readonly count?: number | undefined;
}

/**
 * Returns the next ticks of a schedule, oldest first: what the schedule's jobs have as their eta. There are fewer than
 * `count` if `endAt` comes before. It reads no database.
 *
 * @throws InvalidScheduleError that quotes the expression, the zone or the option that is wrong
 * @example
 * ```ts
 * nextTicks('0 6 * * *', { timeZone: 'Europe/Berlin', from: new Date('2026-03-28T12:00:00Z'), count: 2 });
 * // 2026-03-29T04:00:00Z, 2026-03-30T04:00:00Z
 * ```
 */
export function nextTicks(expression: ScheduleExpression, options: NextTicksOptions = {}): Date[] {
  const { from = new Date(), count = 5 } = options;
  if (!types.isDate(from) || Number.isNaN(from.getTime()))
    throw new InvalidScheduleError(`from must be a valid Date, not ${formatValue(from)}.`);
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new InvalidScheduleError(
      `count must be a whole number from 1 to ${MAX_COUNT}, not ${formatValue(count)}.`,
    );
  const ticks = readTicks(expression, options);
  const found: Date[] = [];
  let tick = ticks.after(from.getTime());
  while (tick !== undefined && found.length < count) {
    found.push(new Date(tick));
    tick = ticks.after(tick);
  }
  return found;
}
