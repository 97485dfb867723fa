import {
  InvalidJobOptionError,
  JobNotFoundError,
  type QueueJob,
  type QueueService,
  UnserializableArgumentError,
} from '../../../lib/index.js';
import { type BadInput, HALF, NUL, refusedWith, wrong } from './bad-input.js';

export interface Steering {
  readonly queue: QueueService;
  /** A job that waits. */
  readonly job: QueueJob;
}

const option = refusedWith<Steering>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const nobody = refusedWith<Steering>(JobNotFoundError, 'JOB_NOT_FOUND');
const unserializable = refusedWith<Steering>(UnserializableArgumentError, 'UNSERIALIZABLE_ARGUMENT');

const NOBODY = '00000000-0000-7000-8000-000000000000';

const BY_UUID: Readonly<Record<string, (queue: QueueService, uuid: string) => unknown>> = {
  find: (queue, uuid) => queue.find(uuid),
  attempts: (queue, uuid) => queue.attempts(uuid),
  logs: (queue, uuid) => queue.logs(uuid),
  explain: (queue, uuid) => queue.explain(uuid),
  waitingFor: (queue, uuid) => queue.waitingFor(uuid),
  graph: (queue, uuid) => queue.graph(uuid),
  cancel: (queue, uuid) => queue.cancel(uuid),
  requeue: (queue, uuid) => queue.requeue(uuid),
  setDone: (queue, uuid) => queue.setDone(uuid),
  postpone: (queue, uuid) => queue.postpone(uuid, { seconds: 5 }),
  finished: (queue, uuid) => queue.finished(uuid, { timeout: 5_000 }),
  relatedAction: (queue, uuid) => queue.relatedAction(uuid),
};
const NO_UUIDS = [
  '',
  '42',
  `${NOBODY} `,
  `${NOBODY}'; DROP TABLE queue_job; --`,
  NUL,
  null,
  undefined,
  5,
  {},
  [NOBODY],
];
const OF_ONE = ['explain', 'cancel', 'requeue', 'setDone', 'postpone', 'finished', 'relatedAction'];

export const uuids: readonly BadInput<Steering>[] = [
  ...Object.entries(BY_UUID).flatMap(([name, call]) =>
    NO_UUIDS.map((value) =>
      option(`${name}(no uuid)`, ({ queue }) => call(queue, wrong(value)), 'is not the uuid of a job'),
    ),
  ),
  ...OF_ONE.map((name) =>
    nobody(`${name} of nobody`, ({ queue }) => BY_UUID[name]?.(queue, NOBODY), `There is no job ${NOBODY}`),
  ),
];

const SECONDS = "seconds from now (0 to 3155760000), a duration such as '5h'";

export const steering: readonly BadInput<Steering>[] = [
  ...[null, 'Ada', 5].flatMap((options) => [
    option('cancel(uuid, no object)', ({ queue, job }) => queue.cancel(job.uuid, wrong(options)), 'cancel() takes an object of options, not '),
    option('requeue(uuid, no object)', ({ queue, job }) => queue.requeue(job.uuid, wrong(options)), 'requeue() takes an object of options, not '),
    option('delete(uuid, no object)', ({ queue, job }) => queue.delete(job.uuid, wrong(options)), 'delete() takes an object of options, not '),
    option('releaseKey(key, no object)', ({ queue }) => queue.releaseKey('a key', wrong(options)), 'releaseKey() takes an object of options, not '),
    option('setDone(uuid, no object)', ({ queue, job }) => queue.setDone(job.uuid, wrong(options)), 'setDone() takes an object of options, not '),
    option('postpone(uuid, no object)', ({ queue, job }) => queue.postpone(job.uuid, wrong(options)), 'postpone() takes an object of options, not '),
    option('finished(uuid, no object)', ({ queue, job }) => queue.finished(job, wrong(options)), 'finished() takes an object of options, not '),
  ]), // prettier-ignore
  ...[-1, NaN, Infinity, 1e12, '5', 'soon', null, undefined, {}].map((seconds) =>
    option(
      'postpone({ seconds })',
      ({ queue, job }) => queue.postpone(job.uuid, { seconds: wrong(seconds) }),
      SECONDS,
      'not ',
    ),
  ),
  option(
    'postpone({ seconds: a Date })',
    ({ queue, job }) => queue.postpone(job.uuid, { seconds: wrong(new Date(0)) }),
    'seconds must be a number or a duration',
  ),
  unserializable(
    'postpone({ result })',
    ({ queue, job }) => queue.postpone(job.uuid, { seconds: 5, result: { a: () => 5 } }),
    'result.a is a function',
  ),
  ...[-1, NaN, '5', 'soon', null, {}, 2_147_483_648, '25 days'].map((timeout) =>
    option(
      'finished({ timeout })',
      ({ queue, job }) => queue.finished(job, { timeout: wrong(timeout) }),
      "timeout must be milliseconds of at least 0 or a duration such as '30 s'",
      'not ',
    ),
  ),
  ...[{}, { uuid: 5 }].map((value) =>
    option('finished(no job)', ({ queue }) => queue.finished(wrong(value)), 'is not the uuid of a job'),
  ),
  ...['', 'x'.repeat(256), NUL, HALF, null, undefined, 5, {}].map((key) =>
    option(
      'findByIdentityKey(no key)',
      ({ queue }) => queue.findByIdentityKey(wrong(key)),
      'key must be a string of 1 to 255 characters',
    ),
  ),
  ...['', 'x'.repeat(256), NUL, HALF, null, undefined, 5, {}].map((key) =>
    option(
      'releaseKey(no key)',
      ({ queue }) => queue.releaseKey(wrong(key)),
      'key must be a string of 1 to 255 characters',
    ),
  ),
];

const UNKNOWN_JOB = '01900000-0000-7000-8000-000000000000';
const update = (change: unknown, ...says: readonly string[]): BadInput<Steering> =>
  option('update(change)', ({ queue }) => queue.update(UNKNOWN_JOB, wrong(change)), ...says);

export const updates: readonly BadInput<Steering>[] = [
  ...[null, 'priority', 5, []].map((value) => update(value, 'update() takes an object of options, not ')),
  update({}, 'update() has nothing to change', 'priority, eta, description, tags, channel, args'),
  ...[-1, 1.5, '5', null].map((priority) => update({ priority }, 'priority must be a whole number')),
  ...[-1, 'soon', null, {}].map((eta) => update({ eta }, 'eta must be seconds from now')),
  ...['', ' ', NUL, 5, null].map((description) => update({ description }, 'description must be')),
  ...['a', [''], null].map((tags) => update({ tags }, 'a list of at most 20 tags')),
  ...['', 'a b', 'a.*', 5, null].map((channel) => update({ channel }, 'channel')),
  ...['a', {}, null, 5].map((args) => update({ args }, 'The arguments of a job are an array')),
  update({ maxRetries: 5 }, "'maxRetries' is unknown"),
  option(
    'update(no uuid)',
    ({ queue }) => queue.update('42', { priority: 0 }),
    "'42' is not the uuid of a job",
  ),
  ...['', 'x'.repeat(256), NUL, 5, null].map((by) =>
    option(
      'update({ by })',
      ({ queue }) => queue.update(UNKNOWN_JOB, { priority: 0 }, wrong({ by })),
      'by must be',
    ),
  ),
];

const filter = (what: unknown, ...says: readonly string[]): BadInput<Steering> =>
  option('list(filter)', ({ queue }) => queue.list(wrong(what)), ...says);

export const filters: readonly BadInput<Steering>[] = [
  ...[null, 'failed', 5, []].map((value) => filter(value, 'list() takes an object of options, not ')),
  ...['Done', '', 'running', null, 5, {}, '__proto__', ['done', 'nothing'], [['done']]].map((state) =>
    filter(
      { state },
      'state must be among wait_dependencies, pending, enqueued, started, done, failed, cancelled',
      'not ',
    ),
  ),
  ...['', NUL, HALF, 5, null, {}, ['Target.run']].flatMap((value) => [
    filter({ name: value }, 'name must be a string of 1 to 255 characters', 'not '),
    filter({ userId: value }, 'userId must be a string of 1 to 255 characters', 'not '),
  ]),
  ...['', 'a b', 'root.*', NUL, HALF, 5, null, {}, "root' OR true --"].map((channel) =>
    filter({ channel }, 'channel: ', 'is not the name of a channel: allowed are parts joined by dots'),
  ),
  ...['42', null, 5, {}].flatMap((value) => [
    filter({ graphUuid: value }, 'is not the uuid of a job'),
    filter({ before: value }, 'is not the uuid of a job'),
  ]),
  ...[0, -1, 1.5, 1_001, NaN, Infinity, '5', null, '5; DROP TABLE queue_job'].map((limit) =>
    filter({ limit }, 'limit must be a whole number from 1 to 1000, not '),
  ),
  ...['a', null, 5, {}, [''], [5], ['x'.repeat(101)]].flatMap((value) => [
    filter({ tags: value }, 'a list of at most 20 tags', 'not '),
    filter({ anyTag: value }, 'a list of at most 20 tags', 'not '),
  ]),
  filter({ tags: [] }, 'tags must name a tag at least'),
  filter({ anyTag: [] }, 'anyTag must name a tag at least'),
  filter({ status: 'done' }, "A filter has no property 'status'", 'state, name, channel, graphUuid'),
  filter(JSON.parse('{"__proto__":1}'), "A filter has no property '__proto__'"),
];
