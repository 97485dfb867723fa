import type { ScheduleProperties, ScheduleState } from '../../../schedule/schedule-state.js';
import type { ScheduleRun } from '../../../store/schedules/schedule-list-store.js';
import type { ScheduleRunView, ScheduleTiming, ScheduleView } from '../../api/schedules.api.js';

export function scheduleView(state: ScheduleState): ScheduleView {
  const { paused, lastRun } = state;
  return {
    ...timing(state),
    name: state.name,
    source: state.source,
    jobName: state.jobName,
    description: state.description,
    declared: timing(state.declared),
    changed: state.changed,
    nextTicks: state.nextTicks.map((tick) => tick.toISOString()),
    lastTick: iso(state.lastTick),
    lastRun: lastRun === null ? null : runView(lastRun),
    ticks: state.ticks,
    skipped: state.skipped,
    missed: state.missed,
    dateSkipped: iso(state.dateSkipped),
    paused: paused === null ? null : { at: paused.at.toISOString(), by: paused.by },
    gone: state.gone,
  };
}

export const runView = ({
  uuid,
  state,
  scheduledAt,
  manual,
  date,
  execTime,
}: ScheduleRun): ScheduleRunView => ({
  uuid,
  state,
  scheduledAt: scheduledAt.toISOString(),
  manual,
  date: iso(date),
  execTime,
});

const timing = (given: ScheduleProperties): ScheduleTiming => ({
  cron: given.cron,
  every: given.every,
  timeZone: given.timeZone,
  startAt: iso(given.startAt),
  endAt: iso(given.endAt),
  maxTicks: given.maxTicks,
  noOverlap: given.noOverlap,
  catchUp: given.catchUp,
  jitter: given.jitter,
  channel: given.channel,
  priority: given.priority,
  maxRetries: given.maxRetries,
});

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;
