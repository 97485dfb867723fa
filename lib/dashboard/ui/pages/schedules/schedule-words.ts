import type { ScheduleTiming } from '../../../api/schedules.api.js';

/** What an expression says, in parts that the page has words for; null for what is read better as it is. */
export type ScheduleWords =
  | { readonly kind: 'every'; readonly seconds: number }
  | { readonly kind: 'at'; readonly times: readonly string[]; readonly days: DayWords };

/** On which days: each, these weekdays (0 is Sunday), or this day of the month. */
export type DayWords =
  | { readonly kind: 'daily' }
  | { readonly kind: 'weekdays'; readonly days: readonly number[] }
  | { readonly kind: 'monthly'; readonly day: number | 'last' };

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export function scheduleWords({ cron, every }: Pick<ScheduleTiming, 'cron' | 'every'>): ScheduleWords | null {
  if (every !== null) return { kind: 'every', seconds: every / 1_000 };
  const text = cron ?? '';
  const fields = (NICKNAMES[text.toLowerCase()] ?? text).toUpperCase().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 6 || month !== '*') return null;
  const days = dayWords(day, weekday);
  if (days === null) return null;
  if (days.kind === 'daily') {
    const interval = intervalOf(second, minute, hour);
    if (interval !== null) return { kind: 'every', seconds: interval };
  }
  if (second !== '0' || !/^\d+$/.test(minute) || !/^\d+(,\d+)*$/.test(hour)) return null;
  const times = hour.split(',').map((one) => `${one.padStart(2, '0')}:${minute.padStart(2, '0')}`);
  return { kind: 'at', times, days };
}

/** Of a step that divides what it counts, so that all distances are equal. */
function intervalOf(second: string, minute: string, hour: string): number | null {
  const step = (field: string, of: number): number | null => {
    if (field === '*') return 1;
    const by = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? 0);
    return by > 0 && of % by === 0 ? by : null;
  };
  if (minute === '*' && hour === '*' && second !== '0') return step(second, 60);
  if (second !== '0') return null;
  const minutes = hour === '*' ? step(minute, 60) : null;
  if (minutes !== null) return minutes * 60;
  const hours = minute === '0' ? step(hour, 24) : null;
  return hours === null ? null : hours * 3_600;
}

function dayWords(day: string, weekday: string): DayWords | null {
  const anyDay = day === '*' || day === '?';
  const anyWeekday = weekday === '*' || weekday === '?';
  if (anyDay && anyWeekday) return { kind: 'daily' };
  if (anyWeekday) {
    if (day === 'L') return { kind: 'monthly', day: 'last' };
    return /^\d+$/.test(day) ? { kind: 'monthly', day: Number(day) } : null;
  }
  if (!anyDay) return null;
  const days = weekday.split(',').flatMap(daysOf);
  return days.includes(-1) ? null : { kind: 'weekdays', days: [...new Set(days)] };
}

/** -1 for what is no day or range of days. */
function daysOf(part: string): number[] {
  const [first = '', last = first, more] = part.split('-');
  const [from, to] = [dayOf(first), dayOf(last)];
  if (more !== undefined || from === -1 || to === -1) return [-1];
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, at) => (from + at) % 7);
}

function dayOf(text: string): number {
  return /^[0-7]$/.test(text) ? Number(text) % 7 : WEEKDAYS.indexOf(text);
}
