import { InvalidScheduleError } from '../../../lib/errors/invalid-schedule.error.js';
import { nextTicks, type NextTicksOptions } from '../../../lib/schedule/next-ticks.js';
import type { ScheduleExpression } from '../../../lib/schedule/expression/schedule-expression.js';

function refusal(expression: unknown, options?: NextTicksOptions): InvalidScheduleError {
  try {
    nextTicks(expression as ScheduleExpression, options);
  } catch (error) {
    return error as InvalidScheduleError;
  }
  throw new Error('Nothing was refused.');
}

describe('an expression is refused', () => {
  it.each<[unknown, string]>([
    ['', "expression '' is not a cron expression: give five or six fields"],
    ['   ', 'give five or six fields'],
    [undefined, 'The expression must be a cron expression such as'],
    [null, 'The expression must be a cron expression such as'],
    [42, 'not 42'],
    [{}, "or { every: '5 min' }, not {}"],
    [{ every: '5 min', offset: 3 }, 'offset: 3'],
    ['* * * *', "'* * * *' has 4 fields"],
    ['0 0 9 * * MON 2026', 'has 7 fields'],
    ['@reboot', "'@reboot' has an unknown nickname. The nicknames are: @yearly, @annually, @monthly"],
    ['@constructor', 'unknown nickname'],
    ['61 * * * *', "'61 * * * *' is not a cron expression: Invalid value for minute: 61."],
    ['0 24 * * *', 'hour'],
    ['0 9 0 * *', 'day'],
    ['0 9 * 13 *', 'month'],
    ['0 9 * * 8', "'0 9 * * 8'"],
    ['0 9 * * MONDAY', "'0 9 * * MONDAY'"],
    ['0 9 * * 1#6', "'0 9 * * 1#6'"],
    ['0 9 * * FOO-BAR', "'0 9 * * FOO-BAR'"],
    ['*/0 * * * *', "'*/0 * * * *'"],
    ['5/15 * * * *', "'5/15 * * * *'"],
    ['1,,2 * * * *', "'1,,2 * * * *'"],
    ['1- * * * *', "'1- * * * *'"],
    ['? * * * *', "has '?' as its minutes"],
    ['H 9 * * *', "has 'H' as its minutes"],
    ['0 9 L-3 * *', "'0 9 L-3 * *'"],
    ['0 9 13 * +FRI', "has '+FRI' as its weekday"],
    [
      '0 22-2 * * *',
      'has the range 22-2 in its hours, which ends before it begins. Write it as two: 22-23,0-2.',
    ],
    ['50-10 * * * *', 'Write it as two: 50-59,0-10.'],
    ['0 9 31 2 *', "'0 9 31 2 *' names a day that never comes"],
    ['0 9 30,31 FEB *', 'never comes'],
    ['0 9 31 4,6,9,11 *', 'never comes'],
    [`${'1,'.repeat(200)}2 * * * *`, 'is not a cron expression'],
    [{ every: 999 }, 'a second at least and 100 years at most, not 999'],
    [{ every: '500 ms' }, "not '500 ms'"],
    [{ every: 0 }, 'not 0'],
    [{ every: -60_000 }, 'not -60000'],
    [{ every: 1500.5 }, 'not 1500.5'],
    [{ every: Infinity }, 'not Infinity'],
    [{ every: NaN }, 'not NaN'],
    [{ every: '5' }, "not '5'"],
    [{ every: 'soon' }, "not 'soon'"],
    [{ every: undefined }, 'not undefined'],
  ])('%j', (expression, message) => {
    const error = refusal(expression);
    expect(error).toBeInstanceOf(InvalidScheduleError);
    expect(error.code).toBe('INVALID_SCHEDULE');
    expect(error.message).toContain(message);
  });
});

describe('an option of nextTicks is refused', () => {
  it.each<[NextTicksOptions, string]>([
    [
      { timeZone: 'Mars/Base' },
      "The time zone 'Mars/Base' is unknown. Give an IANA name such as 'Europe/Berlin'",
    ],
    [{ timeZone: '' }, "The time zone '' is unknown"],
    [{ timeZone: '+02:00' }, "The time zone '+02:00' is unknown"],
    [{ timeZone: 2 as unknown as string }, 'The time zone 2 is unknown'],
    [{ from: new Date(NaN) }, 'from must be a valid Date'],
    [{ from: '2026-01-01' as unknown as Date }, "from must be a valid Date, not '2026-01-01'"],
    [{ count: 0 }, 'count must be a whole number from 1 to 10000, not 0'],
    [{ count: 10_001 }, 'not 10001'],
    [{ count: 1.5 }, 'not 1.5'],
    [{ startAt: 'now' as unknown as Date }, "startAt must be a valid Date of the years 1 to 9999, not 'now'"],
    [{ endAt: new Date(NaN) }, 'endAt must be a valid Date'],
    [{ startAt: new Date(253_402_300_800_000) }, 'startAt must be a valid Date of the years 1 to 9999'],
    [{ endAt: new Date('-000001-01-01T00:00:00Z') }, 'endAt must be a valid Date of the years 1 to 9999'],
    [
      { startAt: new Date('2026-02-01'), endAt: new Date('2026-01-01') },
      'endAt (2026-01-01T00:00:00.000Z) is before startAt (2026-02-01T00:00:00.000Z)',
    ],
  ])('%j', (options, message) => {
    const error = refusal('@daily', options);
    expect(error.code).toBe('INVALID_SCHEDULE');
    expect(error.message).toContain(message);
  });
});
