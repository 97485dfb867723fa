import { JOB_STATES } from '../../../job/job-state.js';
import { anything, date, integer, listOf, number, oneOf, orNull, record, text, uuid } from './schemas.js';

const group = {
  id: text,
  name: text,
  excName: text,
  excMessage: text,
  count: integer,
  retrying: integer,
  firstSeen: date,
  lastSeen: date,
  spark: listOf(integer),
  jobs: listOf(uuid),
  muted: orNull(record({ actor: text, date, until: orNull(date) })),
};
export const FAILURES = listOf(record(group));
export const FAILURE_DETAIL = record({
  ...group,
  range: oneOf('day', 'week'),
  hours: listOf(date),
  byNode: listOf(record({ node: orNull(integer), counts: listOf(integer) })),
  byRelease: listOf(record({ release: orNull(text), counts: listOf(integer) })),
  releases: listOf(record({ release: text, date })),
  error: orNull({ type: 'object', additionalProperties: anything }),
  samples: listOf(record({ uuid, args: listOf({ type: 'object', additionalProperties: anything }) })),
  failed: listOf(uuid),
});
export const UNMUTE = record({ id: text });
export const MUTE = record({ id: text, hours: orNull(number) });
export const WATCH = record({ uuids: listOf(uuid) });
export const WATCHED = record({
  counts: record(Object.fromEntries(JOB_STATES.map((state) => [state, integer]))),
  gone: integer,
  failed: listOf(uuid),
});
