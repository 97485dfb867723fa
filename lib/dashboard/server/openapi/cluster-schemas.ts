import { BATCH_STATES } from '../../../job/batch-progress.js';
import { JOB_STATES } from '../../../job/job-state.js';
import { JOB_SUMMARY } from './job-schemas.js';
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

const count = record({ count: integer, capped: flag });
const counts = record(Object.fromEntries(JOB_STATES.map((state) => [state, count])));
const numbers = record(Object.fromEntries(JOB_STATES.map((state) => [state, integer])));

export const OVERVIEW = record({
  counts,
  oldestWaiting: orNull(JOB_SUMMARY),
  oldestWait: orNull(number),
  busiest: listOf(
    record({ channel: text, ended: integer, running: integer, waiting: integer, capacity: orNull(integer) }),
  ),
  nodes: record({ alive: integer, running: integer, concurrency: integer }),
  unknownNames: listOf(text),
  attention: listOf({
    type: 'object',
    description: 'What somebody has to do something about, by its `kind`',
    required: ['kind'],
    properties: {
      kind: oneOf(
        'no-node',
        'silent',
        'failing',
        'overdue',
        'paused',
        'closed',
        'stopped',
        'paused-function',
        'unknown',
        'unserved',
        'late',
      ),
    },
    additionalProperties: anything,
  }),
});

const percentiles = record({
  p50: listOf(orNull(number)),
  p95: listOf(orNull(number)),
  p99: listOf(orNull(number)),
});
export const METRICS = record({
  range: oneOf('hour', 'day', 'week'),
  step: integer,
  times: listOf(integer),
  done: listOf(integer),
  failed: listOf(integer),
  retried: listOf(integer),
  cancelled: listOf(integer),
  wait: percentiles,
  run: percentiles,
  depth: listOf(orNull(integer)),
});

const channelProperties = {
  capacity: orNull(integer),
  sequential: flag,
  throttle: orNull(number),
  rate: orNull(record({ limit: integer, per: number })),
  fair: flag,
  paused: flag,
  removalInterval: orNull(number),
};
export const CHANNEL_CHANGE = partial(channelProperties);
export const CHANNEL = record({
  ...channelProperties,
  name: text,
  running: integer,
  waiting: integer,
  failed: integer,
  nextStart: orNull(date),
  configured: orNull(CHANNEL_CHANGE),
  changed: CHANNEL_CHANGE,
  pausedAbove: orNull(text),
  pause: orNull(record({ actor: text, date })),
});

const pattern = orNull({
  type: 'object',
  description: 'Seconds, or a range of seconds, by attempts made',
  additionalProperties: anything,
});
export const FUNCTION_CHANGE = partial({ channel: orNull(text), retryPattern: pattern, paused: flag });
export const FUNCTION = record({
  name: text,
  known: flag,
  schedulable: flag,
  channel: text,
  retryPattern: pattern,
  declared: orNull(record({ channel: text, retryPattern: pattern })),
  changed: record({ channel: orNull(text), retryPattern: pattern }),
  paused: orNull(record({ by: orNull(text), since: date })),
  waiting: integer,
  running: integer,
  failed: integer,
  ended: integer,
  failedTries: integer,
  runP50: orNull(number),
  runP95: orNull(number),
  runP99: orNull(number),
  failureRate: orNull(number),
  total: number,
  share: number,
});

export const NODE = record({
  id: integer,
  name: text,
  state: oneOf('alive', 'draining', 'stopping', 'suspect', 'dead'),
  listens: flag,
  version: orNull(text),
  release: orNull(text),
  channels: orNull(listOf(text)),
  functions: listOf(text),
  dateStarted: date,
  dateSeen: date,
  dateEnded: orNull(date),
  concurrency: integer,
  running: listOf(JOB_SUMMARY),
  memory: orNull(integer),
  cpu: orNull(number),
});

export const NODE_NAME = record({ id: integer, name: text, release: orNull(text) });

export const GRAPH = record({
  uuid,
  nodes: listOf(
    record({
      uuid,
      name: text,
      description: text,
      state: oneOf(...JOB_STATES),
      progress: orNull(record({ done: number, total: orNull(number) })),
      waitingFor: listOf(integer),
    }),
  ),
  edges: listOf(listOf(integer)),
  counts: numbers,
  batches: listOf(record({ uuid, name: text })),
  cut: integer,
});

const batch = {
  uuid,
  name: text,
  state: oneOf(...BATCH_STATES),
  counts: numbers,
  total: integer,
  completeness: number,
  failedPercentage: number,
  dateCreated: date,
  dateEnded: orNull(date),
};
const BATCH = record(batch);
export const BATCH_DETAIL = record({ ...batch, graphs: listOf(uuid) });
export const BATCH_PAGE = record({ batches: listOf(BATCH), next: orNull(text) });

const auditEntries = listOf(
  record({ id: text, date, actor: text, action: text, target: text, details: { type: 'object' } }),
);
export const AUDIT_PAGE = record({ entries: auditEntries, next: orNull(text) });

export const CHANNEL_LOAD = record({
  ended: integer,
  perMinute: number,
  wait: record({ p50: orNull(number), p95: orNull(number), p99: orNull(number) }),
  oldest: orNull(record({ uuid, seconds: number })),
  secondsToEmpty: orNull(number),
  nodes: listOf(record({ id: integer, name: text })),
  functions: listOf(
    record({
      name: text,
      waiting: integer,
      running: integer,
      failed: integer,
      ended: integer,
      total: number,
      share: number,
    }),
  ),
  changes: orNull(auditEntries),
});
