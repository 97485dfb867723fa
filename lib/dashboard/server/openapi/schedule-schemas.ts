import { JOB_STATES } from '../../../job/job-state.js';
import {
  anything,
  date,
  flag,
  integer,
  listOf,
  number,
  oneOf,
  orNull,
  partial,
  record,
  text,
  uuid,
} from './schemas.js';

const timing = {
  cron: orNull(text),
  every: orNull(integer),
  timeZone: text,
  startAt: orNull(date),
  endAt: orNull(date),
  maxTicks: orNull(integer),
  noOverlap: flag,
  catchUp: oneOf('none', 'last', 'all'),
  jitter: integer,
  channel: orNull(text),
  priority: integer,
  maxRetries: integer,
};

export const SCHEDULE_RUN = record({
  uuid,
  state: oneOf(...JOB_STATES),
  scheduledAt: date,
  manual: flag,
  date: orNull(date),
  execTime: orNull(number),
});

export const SCHEDULE = record({
  ...timing,
  name: text,
  source: oneOf('code', 'data'),
  jobName: text,
  description: text,
  declared: record(timing),
  changed: listOf(oneOf(...Object.keys(timing))),
  nextTicks: listOf(date),
  lastTick: orNull(date),
  lastRun: orNull(SCHEDULE_RUN),
  ticks: integer,
  skipped: integer,
  missed: integer,
  dateSkipped: orNull(date),
  paused: orNull(record({ at: date, by: orNull(text) })),
  gone: flag,
});

export const SCHEDULE_PAGE = record({ schedules: listOf(SCHEDULE), next: orNull(text) });

export const SCHEDULE_CHANGE = partial(
  Object.fromEntries(Object.entries(timing).map(([name, schema]) => [name, orNull(schema)])),
);

export const SCHEDULE_ADD = partial({
  jobName: text,
  args: listOf(anything),
  cron: text,
  every: anything,
  timeZone: text,
});
