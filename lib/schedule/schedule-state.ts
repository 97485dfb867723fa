import type { CatchUp } from '../store/schedules/schedule-definition.js';
import type { ListedSchedule, ScheduleRun } from '../store/schedules/schedule-list-store.js';
import { effectiveOf } from './effective-schedule.js';
import { dateOf, type TicksCache } from './ticks-cache.js';

/** When a schedule ticks, and what its jobs are given. Times are milliseconds. */
export interface ScheduleProperties {
  /** The cron expression; null if the schedule has an interval. */
  readonly cron: string | null;
  /** The interval in milliseconds; null if the schedule has a cron expression. */
  readonly every: number | null;
  readonly timeZone: string;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly maxTicks: number | null;
  readonly noOverlap: boolean;
  readonly catchUp: CatchUp;
  /** The most that a tick starts late, at random, in milliseconds. */
  readonly jitter: number;
  /** Null: the channel of the job function. */
  readonly channel: string | null;
  readonly priority: number;
  readonly maxRetries: number;
}

/** A schedule as it is in force. */
export interface ScheduleState extends ScheduleProperties {
  readonly name: string;
  /** `code`: declared by `@CronJob()`; `data`: made by `ScheduleService.upsert()`. */
  readonly source: 'code' | 'data';
  /** The job function that its ticks call. */
  readonly jobName: string;
  readonly description: string;
  /** As the code or `upsert()` defines it. */
  readonly declared: ScheduleProperties;
  /** Which properties were changed at run time. */
  readonly changed: readonly (keyof ScheduleProperties)[];
  /** The next three ticks; none while it is paused and after its end. */
  readonly nextTicks: readonly Date[];
  /** The last tick whose job was stored. */
  readonly lastTick: Date | null;
  readonly lastRun: ScheduleRun | null;
  /** How many ticks were stored. */
  readonly ticks: number;
  /** How many ticks stored nothing, since a job of the schedule waited or ran. */
  readonly skipped: number;
  /** How many ticks were missed while no node ran, and not made up. */
  readonly missed: number;
  readonly dateSkipped: Date | null;
  readonly paused: { readonly at: Date; readonly by: string | null } | null;
  /** No living node serves it: none has it in its code, or none knows its job function. */
  readonly gone: boolean;
}

const SHOWN_TICKS = 3;

/**
 * What is shown of a schedule.
 *
 * @internal
 */
export function stateOf(listed: ListedSchedule, cache: TicksCache): ScheduleState {
  const { definition, override, name, source, jobName, lastTick, lastRun, ticks } = listed;
  const { skipped, missed, dateSkipped, datePaused, pausedBy, gone } = listed;
  return {
    ...propertiesOf(listed),
    name,
    source,
    jobName,
    description: definition.call.description,
    declared: propertiesOf({ definition, override: null }),
    changed: Object.keys(override ?? {}) as (keyof ScheduleProperties)[],
    nextTicks: nextOf(listed, cache),
    lastTick,
    lastRun,
    ticks,
    skipped,
    missed,
    dateSkipped,
    paused: datePaused === null ? null : { at: datePaused, by: pausedBy },
    gone,
  };
}

function propertiesOf(row: Pick<ListedSchedule, 'definition' | 'override'>): ScheduleProperties {
  const { call: _, startAt, endAt, ...rest } = effectiveOf(row);
  return { ...rest, startAt: dateOf(startAt) ?? null, endAt: dateOf(endAt) ?? null };
}

function nextOf(listed: ListedSchedule, cache: TicksCache): Date[] {
  const found: Date[] = [];
  const schedule = effectiveOf(listed);
  const most =
    schedule.maxTicks === null ? SHOWN_TICKS : Math.min(SHOWN_TICKS, schedule.maxTicks - listed.ticks);
  let tick = listed.nextTick?.getTime();
  try {
    const ticks = cache.of(schedule);
    while (tick !== undefined && found.length < most) {
      found.push(new Date(tick));
      tick = ticks.after(tick);
    }
  } catch {
    // Another version of the library made it: its next tick is all that is known here.
  }
  return found;
}
