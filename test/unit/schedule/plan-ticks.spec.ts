import { readTicks } from '../../../lib/schedule/expression/schedule-expression.js';
import { type DueTicks, planTicks, type TickPlan } from '../../../lib/schedule/plan-ticks.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A plan of a schedule of each minute, due at noon. */
function plan(given: Partial<DueTicks>): TickPlan {
  return planTicks({
    ticks: readTicks('* * * * *'),
    due: NOON,
    now: NOON,
    servedSince: 0,
    catchUp: 'none',
    left: Infinity,
    ...given,
  });
}

/** Minutes after noon. */
const minutes = (instants: readonly number[]): number[] =>
  instants.map((instant) => (instant - NOON) / MINUTE);

describe('a tick that has come', () => {
  it('is stored, and the next one is that after it', () => {
    expect(plan({ now: NOON + 5 })).toEqual({ stored: [NOON], missed: 0, next: NOON + MINUTE });
  });

  it('is stored with those that came since, where nodes were slow', () => {
    const ticks = readTicks({ every: '10 s' });
    const { stored, missed, next } = plan({ ticks, now: NOON + 25 * SECOND });
    expect(stored).toEqual([NOON, NOON + 10 * SECOND, NOON + 20 * SECOND]);
    expect(missed).toBe(0);
    expect(next).toBe(NOON + 30 * SECOND);
  });

  it('was missed where no node that lives was there, or all of them stood still for a minute', () => {
    expect(plan({ now: NOON + 30 * SECOND, servedSince: NOON + SECOND })).toMatchObject({
      stored: [],
      missed: 1,
    });
    expect(plan({ now: NOON + 2 * MINUTE + SECOND })).toMatchObject({
      missed: 2,
      stored: [NOON + 2 * MINUTE],
    });
  });

  it('may be the last', () => {
    const endAt = new Date(NOON);
    expect(plan({ ticks: readTicks('* * * * *', { endAt }) })).toEqual({
      stored: [NOON],
      missed: 0,
      next: null,
    });
  });

  it('is not stored beyond those that the schedule may have', () => {
    const ticks = readTicks({ every: '10 s' });
    expect(plan({ ticks, now: NOON + 25 * SECOND, left: 2 }).stored).toHaveLength(2);
  });
});

describe('ticks that were missed', () => {
  const away = { now: NOON + 5 * MINUTE + SECOND, servedSince: NOON + 5 * MINUTE + 500 };

  it('are not made up by default, and counted', () => {
    expect(plan(away)).toEqual({ stored: [], missed: 6, next: NOON + 6 * MINUTE });
  });

  it('are made up by the last one', () => {
    const { stored, missed } = plan({ ...away, catchUp: 'last' });
    expect(minutes(stored)).toEqual([5]);
    expect(missed).toBe(5);
  });

  it('are all made up, the oldest first', () => {
    const { stored, missed } = plan({ ...away, catchUp: 'all' });
    expect(minutes(stored)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(missed).toBe(0);
  });

  it('are made up by 1,000 at most, and the rest is counted', () => {
    const now = NOON + 2_000 * MINUTE + SECOND;
    const { stored, missed, next } = plan({ now, servedSince: now, catchUp: 'all' });
    expect(minutes(stored)).toEqual(Array.from({ length: 1_000 }, (_, at) => at));
    expect(missed).toBe(1_001);
    expect(next).toBe(NOON + 2_001 * MINUTE);
  });

  it('cost little to look through, were it each second of ten years', () => {
    const now = NOON + 10 * 365 * 24 * HOUR + 500;
    const from = performance.now();
    const { stored, next } = plan({
      ticks: readTicks('* * * * * *'),
      now,
      servedSince: now,
      catchUp: 'last',
    });
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(stored).toEqual([now - 500]);
    expect(next).toBe(now + 500);
  });

  it('go on with those that came since a node is there again', () => {
    const { stored, missed } = plan({
      ...away,
      servedSince: NOON + 4 * MINUTE + 30 * SECOND,
      catchUp: 'none',
    });
    expect(minutes(stored)).toEqual([5]);
    expect(missed).toBe(5);
  });
});
