import type { StoredDefinition } from '../store/schedules/schedule-definition.js';
import type { ScheduleRow } from '../store/schedules/schedule-rows.js';

/** A schedule as it is in force: what was changed at run time overrides what was defined. */
export function effectiveOf({
  definition,
  override,
}: Pick<ScheduleRow, 'definition' | 'override'>): StoredDefinition {
  return override === null ? definition : { ...definition, ...override };
}

/** Whether both tick at the same instants. */
export function ticksAlike(a: StoredDefinition, b: StoredDefinition): boolean {
  return (['cron', 'every', 'timeZone', 'startAt', 'endAt', 'maxTicks'] as const).every(
    (key) => a[key] === b[key],
  );
}

/** The channel of its jobs, unless the one of the job function is changed at run time. */
export const channelIn = ({ channel, call }: StoredDefinition): string => channel ?? call.defaultChannel;
