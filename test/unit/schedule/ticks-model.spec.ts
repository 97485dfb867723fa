import { Cron } from 'croner';
import fc from 'fast-check';
import { nextTicks } from '../../../lib/schedule/next-ticks.js';
import { modelRuns } from '../../support/model-runs.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A field as a text, and what it means. */
interface Field {
  readonly text: string;
  readonly isWild: boolean;
  readonly has: (value: number) => boolean;
}

function fieldArbitrary(max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min: 0, max });
  const star = fc.constant<Field>({ text: '*', isWild: true, has: () => true });
  const step = fc.integer({ min: 2, max: Math.min(30, max) }).map<Field>((by) => ({
    text: `*/${by}`,
    isWild: true,
    has: (one) => one % by === 0,
  }));
  const list = fc.uniqueArray(value, { minLength: 1, maxLength: 5 }).map<Field>((values) => ({
    text: values.join(','),
    isWild: false,
    has: (one) => values.includes(one),
  }));
  const range = fc.tuple(value, value).map<Field>(([a, b]) => ({
    text: `${Math.min(a, b)}-${Math.max(a, b)}`,
    isWild: false,
    has: (one) => one >= Math.min(a, b) && one <= Math.max(a, b),
  }));
  return fc.oneof(star, step, list, list, range);
}

/** Days around a change of the clocks, of each zone. */
const CHANGES: readonly (readonly [zone: string, day: string])[] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['America/Santiago', '2026-04-05'],
  ['America/Santiago', '2026-09-06'],
  ['Africa/Casablanca', '2026-02-15'],
  ['Africa/Casablanca', '2026-03-22'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kathmandu', '1985-12-31'],
  ['Asia/Kolkata', '2026-01-01'],
];

/** The wall clock as the milliseconds that it would be in UTC. */
function wallClockOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (instant) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`);
}

/** Every minute, one after the other: what the wall clock shows, has shown before, and left out. */
function modelTicks(zone: string, minutes: Field, hours: Field, from: number, to: number): string[] {
  const wallClock = wallClockOf(zone);
  const matches = (time: number): boolean =>
    hours.has(new Date(time).getUTCHours()) && minutes.has(new Date(time).getUTCMinutes());
  const isWild = minutes.isWild || hours.isWild;
  const ticks: number[] = [];
  const shown = new Set<number>();
  let before = wallClock(from - 2 * DAY_MS);
  for (let instant = from - 2 * DAY_MS; instant < to; instant += MINUTE_MS) {
    const now = wallClock(instant);
    let isTick = matches(now) && (isWild || !shown.has(now));
    const gap = isWild ? 0 : (now - before) / MINUTE_MS - 1;
    for (let minute = 1; minute <= gap; minute += 1) isTick ||= matches(before + minute * MINUTE_MS);
    if (isTick && instant > from) ticks.push(instant);
    shown.add(now);
    before = now;
  }
  return ticks.map((tick) => new Date(tick).toISOString());
}

it('ticks as a model says that looks at every minute around changes of the clocks', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANGES),
      fieldArbitrary(59),
      fieldArbitrary(23),
      fc.integer({ min: 0, max: 3 * 1440 }),
      ([zone, day], minutes, hours, begin) => {
        const from = Date.parse(`${day}T00:00:00Z`) - 2 * DAY_MS + begin * MINUTE_MS;
        const expected = modelTicks(zone, minutes, hours, from, from + 2 * DAY_MS);
        fc.pre(expected.length > 0);
        const found = nextTicks(`${minutes.text} ${hours.text} * * *`, {
          timeZone: zone,
          from: new Date(from),
          count: expected.length,
        });
        expect(found.map((tick) => tick.toISOString())).toEqual(expected);
      },
    ),
    modelRuns(30),
  );
});

const WEEKDAYS = ['*', '1-5', 'MON', '5L', '1#2', '0,6', 'TUE-THU'];
const DAYS = ['*', '1', '15', '31', 'L', '1-7', '*/10'];
const MONTHS = ['*', '2', '4,6,9,11', 'JAN-MAR', '*/3'];

it('ticks as croner does where the clocks stand still', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Tokyo'),
      fieldArbitrary(59),
      fieldArbitrary(23),
      fc.constantFrom(...DAYS),
      fc.constantFrom(...MONTHS),
      fc.constantFrom(...WEEKDAYS),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      (timeZone, minutes, hours, day, month, weekday, from) => {
        const expression = [minutes.text, hours.text, day, month, weekday].join(' ');
        // On these days of these months, only a weekday may come.
        fc.pre(!(day === '31' && ['2', '4,6,9,11'].includes(month) && weekday === '*'));
        const expected = new Cron(expression, { timezone: timeZone, paused: true }).nextRuns(4, from);
        expect(nextTicks(expression, { timeZone, from, count: 4 })).toEqual(expected);
      },
    ),
    modelRuns(30),
  );
});

it('goes on where it stopped, whatever is asked in between', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANGES),
      fieldArbitrary(59),
      fieldArbitrary(23),
      ([timeZone, day], minutes, hours) => {
        const expression = `${minutes.text} ${hours.text} * * *`;
        const from = new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS);
        const ticks = nextTicks(expression, { timeZone, from, count: 20 });
        for (const [at, tick] of ticks.slice(0, -1).entries()) {
          const next = ticks[at + 1] as Date;
          const between = new Date((tick.getTime() + next.getTime()) / 2);
          expect(nextTicks(expression, { timeZone, from: tick, count: 1 })).toEqual([next]);
          expect(nextTicks(expression, { timeZone, from: between, count: 1 })).toEqual([next]);
        }
      },
    ),
    modelRuns(30),
  );
});
