import { Cron } from 'croner';
import { InvalidScheduleError } from '../../errors/invalid-schedule.error.js';
import { formatValue } from '../../common/format-value.js';

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const TIME_FIELD = /^[\d*,/-]+$/;
const DAY_FIELD = /^(\?|[\dLW*,/-]+)$/;
const MONTH_FIELD = /^[\dA-Z*,/-]+$/;
const WEEKDAY_FIELD = /^(\?|[\dA-Z*,/#-]+)$/;
const FIELDS: readonly (readonly [name: string, allowed: RegExp])[] = [
  ['seconds', TIME_FIELD],
  ['minutes', TIME_FIELD],
  ['hours', TIME_FIELD],
  ['day of month', DAY_FIELD],
  ['month', MONTH_FIELD],
  ['weekday', WEEKDAY_FIELD],
];

/** The longest expression, in characters. */
const MAX_LENGTH = 255;

/** A day that is not found after this instant never comes: the rarest, a fifth Monday of February, comes in 2016. */
const FROM = Date.UTC(2000, 0, 1);

/**
 * The fields of a cron expression, asked about wall-clock times. A wall-clock time is written as the milliseconds that it
 * would be in UTC, so nothing here knows of time zones. croner reads the fields and has the calendar (`L`, `#`, leap days);
 * what it doesn't read, ranges that wrap (`FRI-MON`), is written out before.
 *
 * No library's own time zones have the rules of this one. Of the 82 expressions in the table of the tests, croner 11.0
 * alone has 70 as expected and cron-parser 5.10 has 56: it moves a time in a gap to behind it by the gap's length, skips
 * hours of `0 *\/2 * * *`, and finds no end for a gap of half an hour.
 */
export class CronFields {
  /**
   * Whether the hours or minutes have a `*`, so that the schedule follows elapsed time. Others name fixed wall-clock
   * times.
   */
  readonly everyHourOrMinute: boolean;
  private readonly calendar: Cron;

  /** @throws InvalidScheduleError that quotes the expression */
  constructor(expression: string) {
    const fields = fieldsOf(expression);
    this.everyHourOrMinute = fields.slice(1, 3).some((field) => field.includes('*'));
    try {
      this.calendar = new Cron(fields.join(' '), { mode: '6-part', utcOffset: 0, paused: true });
    } catch (error) {
      const reason = (error as Error).message.replace(/^CronPattern: (Syntax error, )?/, '');
      throw new InvalidScheduleError(
        `${quoted(expression)} is not a cron expression: ${reason.replace(/\.?$/, '.')}`,
        { cause: error },
      );
    }
    if (this.after(FROM) === undefined) {
      throw new InvalidScheduleError(
        `${quoted(expression)} names a day that never comes. Give a day that the month has; L is its last one.`,
      );
    }
  }

  /** Returns the first time after this one. */
  after(wallClock: number): number | undefined {
    return this.calendar.nextRun(new Date(Math.floor(wallClock / 1000) * 1000))?.getTime();
  }

  /** Whether this very second is one. */
  matches(wallClock: number): boolean {
    return this.after(wallClock - 1000) === wallClock;
  }
}

const quoted = (expression: string): string => `The expression ${formatValue(expression)}`;

/** The six fields in capitals, with nicknames and wrapping ranges written out. */
function fieldsOf(expression: string): string[] {
  if (expression.trim() === '' || expression.length > MAX_LENGTH) {
    throw new InvalidScheduleError(
      `${quoted(expression)} is not a cron expression: give five or six fields such as '0 9 * * MON-FRI', a nickname such as '@daily', or { every: '5 min' }.`,
    );
  }
  const text = expression.trim();
  const nickname = text.toLowerCase();
  if (text.startsWith('@') && !Object.hasOwn(NICKNAMES, nickname)) {
    throw new InvalidScheduleError(
      `${quoted(expression)} has an unknown nickname. The nicknames are: ${Object.keys(NICKNAMES).join(', ')}.`,
    );
  }
  const fields = (NICKNAMES[nickname] ?? text).toUpperCase().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) {
    throw new InvalidScheduleError(
      `${quoted(expression)} has ${fields.length} fields. Give five (minutes, hours, day of month, month, weekday), or six with seconds before them.`,
    );
  }
  return fields.map((field, at) => checkedField(expression, field, at));
}

function checkedField(expression: string, field: string, at: number): string {
  const [name, allowed] = FIELDS[at] as readonly [string, RegExp];
  if (!allowed.test(field)) {
    throw new InvalidScheduleError(
      `${quoted(expression)} has ${formatValue(field)} as its ${name}. Give a number, a list (1,2), a range (1-5), a step (*/5) or *.`,
    );
  }
  if (at < 3) refuseWrap(expression, field, name);
  if (at === 4) return unwrapped(field, MONTHS, 1, 12);
  // 7 is Sunday as 0 is; a range may end with it, and a range that begins with it goes on with Monday.
  if (at === 5) return unwrapped(field, WEEKDAYS, 0, 7);
  return field;
}

function refuseWrap(expression: string, field: string, name: string): void {
  const range = field
    .split(',')
    .map((part) => /^(\d+)-(\d+)/.exec(part))
    .find((found) => found !== null && Number(found[1]) > Number(found[2]));
  if (range === null || range === undefined) return;
  const [text, first, last] = range;
  throw new InvalidScheduleError(
    `${quoted(expression)} has the range ${text} in its ${name}, which ends before it begins. Write it as two: ${first}-${name === 'hours' ? 23 : 59},0-${last}.`,
  );
}

/** Writes ranges whose end lies before their beginning as lists: `FRI-MON` is `5,6,0,1`. */
function unwrapped(field: string, names: readonly string[], first: number, last: number): string {
  const numberOf = (text: string): number => {
    const at = names.indexOf(text);
    return at === -1 ? Number(text) : at + first;
  };
  const parts = field.split(',').map((part) => {
    const [, from = '', to = '', , step] = /^(\w+)-(\w+)(\/(\d+))?$/.exec(part) ?? [];
    const [begin, end, by] = [numberOf(from), numberOf(to), Number(step ?? 1)];
    const isWrapped = begin > end && begin <= last && end >= first && by > 0;
    if (!isWrapped) return part;
    const length = names.length;
    const values: number[] = [];
    for (let value = begin; value <= end + length; value += by)
      values.push(((value - first) % length) + first);
    return [...new Set(values)].join(',');
  });
  return parts.join(',');
}
