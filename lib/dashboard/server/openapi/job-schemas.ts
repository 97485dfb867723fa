import { JOB_STATES } from '../../../job/job-state.js';
import { JOB_ACTIONS } from '../jobs/job-actions-of.js';
import { date, flag, integer, listOf, number, oneOf, orNull, record, text, uuid } from './schemas.js';

const state = oneOf(...JOB_STATES);
/** A {@link ValueNode}, which may hold others. */
const value = {
  type: 'object',
  description: 'A value, made ready to be shown',
  required: ['t'],
  properties: { t: text },
};

const summary = {
  uuid,
  name: text,
  description: text,
  state,
  channel: text,
  priority: integer,
  retry: integer,
  maxRetries: integer,
  node: orNull(integer),
  userId: orNull(text),
  tags: listOf(text),
  graphUuid: orNull(uuid),
  batchUuid: orNull(uuid),
  eta: orNull(date),
  dateCreated: date,
  dateEnqueued: orNull(date),
  dateStarted: orNull(date),
  dateDone: orNull(date),
  execTime: orNull(number),
  progress: orNull(record({ done: number, total: orNull(number) })),
  excName: orNull(text),
  excMessage: orNull(text),
  cancelling: flag,
  actions: listOf(oneOf(...JOB_ACTIONS)),
};
const related = record({ uuid, name: text, description: text, state });
const frames = listOf(record({ text, own: flag }));
const cause = { name: text, message: text, frames };
const error = record({ ...cause, causes: listOf(record(cause)), cut: flag });

export const JOB_SUMMARY = record(summary);
export const JOB_PAGE = record({ jobs: listOf(JOB_SUMMARY), next: orNull(uuid), searchedTo: orNull(date) });
export const JOB_WAITS = record({
  waits: {
    type: 'object',
    additionalProperties: record({
      reasons: listOf({ type: 'object', required: ['kind'], properties: { kind: text } }),
      position: orNull(integer),
      startsIn: orNull(number),
    }),
  },
});
export const JOB_GROUPS = record({
  groups: listOf(record({ key: orNull(text), count: integer })),
  others: integer,
  countedTo: orNull(date),
});
export const JOB_COUNT = record({ count: integer, capped: flag, at: date });
export const JOB_DETAIL = record({
  ...summary,
  fullDescription: text,
  identityKey: orNull(text),
  timeout: orNull(number),
  transactional: flag,
  args: listOf(value),
  result: orNull(value),
  context: orNull(value),
  longer: listOf(oneOf('args', 'result', 'context', 'error')),
  cancelBy: orNull(text),
  waitTime: orNull(number),
  timeline: listOf(
    record({ state: text, date, retry: orNull(integer), node: orNull(integer), seconds: orNull(number) }),
  ),
  attempts: listOf(
    record({
      retry: integer,
      node: orNull(integer),
      dateStarted: orNull(date),
      dateEnded: orNull(date),
      seconds: orNull(number),
      error: orNull(error),
    }),
  ),
  parents: listOf(related),
  children: listOf(related),
  moreRelatives: integer,
  code: text,
  hasRelatedAction: flag,
  known: flag,
});
export const LOG_PAGE = record({
  lines: listOf(record({ id: text, retry: integer, date, message: text, data: orNull(value) })),
  last: orNull(text),
});
export const RELATED_ACTION = orNull(record({ label: orNull(text), url: orNull(text), data: orNull(value) }));
export const ACTION_PROGRESS = record({
  total: integer,
  seen: integer,
  changed: integer,
  unchanged: listOf(
    record({
      reason: oneOf('state', 'gone', 'waiting', 'running'),
      state: orNull(state),
      count: integer,
      uuids: listOf(uuid),
    }),
  ),
  ended: flag,
});

export const FILTER_QUERY = {
  state: `States, separated by commas: ${JOB_STATES.join(', ')}`,
  name: '`Provider.method`',
  channel: 'A channel, its subchannels included',
  node: 'The id of the node that has, or last had, the job',
  priority: 'A whole number',
  user: 'The user on whose behalf it was stored',
  tag: 'One of its tags',
  from: 'Created at or after: ISO 8601',
  to: 'Created before: ISO 8601',
  since: 'Created in the last such time: `15m`, `1h`, `7d`',
  until: 'Created longer ago than this: `10m`',
  error: 'The name of the error, such as `TypeError`',
  failure: 'A group of failures, by its id',
  text: 'A text in the description, in any case',
  arg: 'A value at a path of the arguments, such as `[0].customer.id=42`, or `customer.id=42` for any of them',
  search:
    'A text anywhere in the job: description, name, arguments, identity key, error, tags, user, channel, the beginning of its uuid',
  value: 'A whole value anywhere in the arguments',
  key: 'A text in the identity key, in any case',
  message: 'A text in the message of the last error, in any case',
  id: 'The first digits of the uuid, at least four',
  graph: 'The uuid of a graph',
  batch: 'The uuid of a batch',
  uuids: 'Uuids, separated by commas, at most 200',
};
const SETTINGS = {
  type: 'object',
  description: 'For update alone: at least one of them',
  properties: { eta: text, priority: integer, channel: text },
};
export const ACTION_REQUEST = {
  properties: { set: SETTINGS },
  oneOf: [
    record({ uuids: listOf(uuid) }),
    record({
      filter: {
        type: 'object',
        properties: Object.fromEntries(Object.keys(FILTER_QUERY).map((key) => [key, text])),
      },
      expected: integer,
    }),
  ],
};
