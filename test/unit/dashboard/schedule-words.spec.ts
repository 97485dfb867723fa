import { scheduleWords } from '../../../lib/dashboard/ui/pages/schedules/schedule-words.js';

const cron = (expression: string) => scheduleWords({ cron: expression, every: null });

describe('the words for a schedule', () => {
  it.each([
    ['*/5 * * * *', 300],
    ['* * * * *', 60],
    ['@hourly', 3_600],
    ['0 */6 * * *', 21_600],
    ['*/10 * * * * *', 10],
  ])('of %s are an interval of %d s', (expression, seconds) => {
    expect(cron(expression)).toEqual({ kind: 'every', seconds });
    expect(scheduleWords({ cron: null, every: seconds * 1_000 })).toEqual({ kind: 'every', seconds });
  });

  it.each([
    ['0 6 * * *', ['06:00'], { kind: 'daily' }],
    ['30 6,18 * * *', ['06:30', '18:30'], { kind: 'daily' }],
    ['@weekly', ['00:00'], { kind: 'weekdays', days: [0] }],
    ['0 9 * * fri-mon', ['09:00'], { kind: 'weekdays', days: [5, 6, 0, 1] }],
    ['0 9 * * 1,7', ['09:00'], { kind: 'weekdays', days: [1, 0] }],
    ['@monthly', ['00:00'], { kind: 'monthly', day: 1 }],
    ['0 9 L * *', ['09:00'], { kind: 'monthly', day: 'last' }],
  ])('of %s are times on days', (expression, times, days) => {
    expect(cron(expression)).toEqual({ kind: 'at', times, days });
  });

  it.each([
    '*/7 * * * *',
    '0 9 13 * FRI',
    '0 9 * 2 *',
    '0 9 * * 5L',
    '0 9 * * 1#2',
    '*/5 9-17 * * *',
    '@yearly',
  ])('of %s are the expression itself', (expression) => {
    expect(cron(expression)).toBeNull();
  });
});
