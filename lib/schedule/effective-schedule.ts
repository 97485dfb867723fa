import type { StoredDefinition } from '../store/schedules/schedule-definition.js';
import type { ScheduleRow } from '../store/schedules/schedule-store.js';
import { readTicks, type ScheduleExpression } from './expression/schedule-expression.js';
import type { Ticks } from './expression/ticks.js';

/** A schedule as it is in force: what was changed at run time overrides what was defined. */
export function effectiveOf({
  definition,
  override,
}: Pick<ScheduleRow, 'definition' | 'override'>): StoredDefinition {
  return override === null ? definition : { ...definition, ...override };
}

/** @throws InvalidScheduleError where another version of the library, or of Node.js, knew more */
export function ticksOf(schedule: StoredDefinition): Ticks {
  return readTicks(expressionOf(schedule), {
    timeZone: schedule.timeZone,
    startAt: dateOf(schedule.startAt),
    endAt: dateOf(schedule.endAt),
  });
}

export function expressionOf({ cron, every }: Pick<StoredDefinition, 'cron' | 'every'>): ScheduleExpression {
  return cron ?? { every: every ?? 0 };
}

export const dateOf = (text: string | null): Date | undefined => (text === null ? undefined : new Date(text));

/** The first tick after an instant that the schedule may still have. */
export function tickAfter(schedule: StoredDefinition, instant: number, ticks: number): number | null {
  if (schedule.maxTicks !== null && ticks >= schedule.maxTicks) return null;
  return ticksOf(schedule).after(instant) ?? null;
}

/** Whether both tick at the same instants. */
export function ticksAlike(a: StoredDefinition, b: StoredDefinition): boolean {
  return (['cron', 'every', 'timeZone', 'startAt', 'endAt', 'maxTicks'] as const).every(
    (key) => a[key] === b[key],
  );
}
