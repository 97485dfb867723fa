import { InvalidScheduleError } from '../../errors/invalid-schedule.error.js';
import { HUNDRED_YEARS_MS } from '../../common/duration.js';
import { durationOf } from '../../errors/duration-of.js';
import { formatValue } from '../../common/format-value.js';
import type { Ticks } from './ticks.js';

const SECOND_MS = 1000;

/** Ticks at equal distances, counted from the same instant on all nodes: the epoch of Unix, or the schedule's `startAt`. */
export class EveryTicks implements Ticks {
  private readonly every: number;

  /**
   * @param every - milliseconds, or a duration such as `'5 min'`
   * @param anchor - the instant of one of the ticks
   * @throws InvalidScheduleError if it is neither, or less than a second
   */
  constructor(
    every: number | string,
    private readonly anchor: number,
  ) {
    this.every = readEvery(every);
  }

  after(instant: number): number {
    return this.anchor + (Math.floor((instant - this.anchor) / this.every) + 1) * this.every;
  }
}

function readEvery(every: unknown): number {
  const millis = typeof every === 'string' ? durationOf(every) : every;
  if (
    typeof millis === 'number' &&
    Number.isInteger(millis) &&
    millis >= SECOND_MS &&
    millis <= HUNDRED_YEARS_MS
  )
    return millis;
  throw new InvalidScheduleError(
    `every must be a duration such as '5 min' or whole milliseconds, a second at least and 100 years at most, not ${formatValue(every)}.`,
  );
}
