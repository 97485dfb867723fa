import { InvalidScheduleError } from '../../errors/invalid-schedule.error.js';
import { formatValue } from '../../common/format-value.js';

const DAY_MS = 86_400_000;

/** Where the wall clock of a zone jumps. */
export interface Transition {
  /** The first instant with the new offset. */
  readonly at: number;
  readonly offsetBefore: number;
  readonly offsetAfter: number;
}

/**
 * A time zone by its IANA name. Offsets are the milliseconds that its wall clock is ahead of UTC, from the data that
 * Node.js brings along.
 */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat | null;

  /** @throws InvalidScheduleError if there is no zone of this name */
  constructor(readonly name: string) {
    this.format = formatOf(name);
  }

  offsetAt(instant: number): number {
    if (this.format === null) return 0;
    const seconds = Math.floor(instant / 1000) * 1000;
    const parts = this.format.format(seconds).split(/\D+/).map(Number);
    const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
  }

  /** Returns the first jump after `from`, up to and including `to`. No two jumps of any zone lie within a day. */
  transitionWithin(from: number, to: number): Transition | undefined {
    let [low, offsetBefore] = [from, this.offsetAt(from)];
    while (low < to) {
      const high = Math.min(low + DAY_MS, to);
      const offsetAfter = this.offsetAt(high);
      if (offsetAfter !== offsetBefore) return { at: this.jumpBetween(low, high), offsetBefore, offsetAfter };
      [low, offsetBefore] = [high, offsetAfter];
    }
    return undefined;
  }

  /**
   * Whether the wall clock has shown this time before, at most a day ago: it was set back in between.
   */
  isRepeated(instant: number): boolean {
    const before = this.offsetAt(instant - DAY_MS);
    const setBack = before - this.offsetAt(instant);
    return setBack > 0 && this.offsetAt(instant - setBack) === before;
  }

  private jumpBetween(low: number, high: number): number {
    const before = this.offsetAt(low);
    let [last, first] = [Math.floor(low / 1000), Math.ceil(high / 1000)];
    while (first - last > 1) {
      const middle = Math.floor((first + last) / 2);
      if (this.offsetAt(middle * 1000) === before) last = middle;
      else first = middle;
    }
    return first * 1000;
  }
}

/** Null for UTC, which needs none. */
function formatOf(name: string): Intl.DateTimeFormat | null {
  const given: unknown = name;
  // Some versions of Node.js also take offsets such as +02:00, and Etc/GMT-2 says the same.
  if (typeof given === 'string' && /^[a-z]/i.test(given)) {
    try {
      const format = new Intl.DateTimeFormat('en-US', {
        timeZone: given,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
      return format.resolvedOptions().timeZone === 'UTC' ? null : format;
    } catch {
      // Named below.
    }
  }
  throw new InvalidScheduleError(
    `The time zone ${formatValue(given)} is unknown. Give an IANA name such as 'Europe/Berlin' or 'UTC'.`,
  );
}
