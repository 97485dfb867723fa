import { HALF, nested, nestedArray, NUL } from './bad-input.js';

/** A GET that is refused with 400: its path, where the error is, and what the message says. */
export type BadQuery = readonly [path: string, where: string, says: RegExp];

/** A request that would change something, and is refused. */
export interface BadRequest {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: unknown;
  readonly code: 'INVALID_INPUT' | 'CHANNEL_CONFIG' | 'CHANNEL_NOT_FOUND' | 'NODE_NOT_FOUND' | 'UNKNOWN_JOB';
  /** Of an INVALID_INPUT: where the error is. */
  readonly where?: string;
  readonly says: RegExp;
}

export const STATUS_OF: Readonly<Record<BadRequest['code'], number>> = {
  INVALID_INPUT: 400,
  CHANNEL_CONFIG: 400,
  CHANNEL_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  UNKNOWN_JOB: 404,
};

const SQL = encodeURIComponent("'; DROP TABLE queue_job; --");
const NO_UUIDS = ['x', '42', '%00', '__proto__', SQL, '01a20dc3-8489-7143-a61c-c2e98362c23', 'a'.repeat(90)];

export const clusterQueries: readonly BadQuery[] = [
  ...NO_UUIDS.flatMap((uuid): BadQuery[] => [
    [`jobs/${uuid}/related-action`, 'uuid', /must be a uuid/],
    [`graphs/${uuid}`, 'uuid', /must be a uuid/],
    [`batches/${uuid}`, 'uuid', /must be a uuid/],
    [`batches?cursor=${uuid}`, 'cursor', /must be a uuid/],
    [`jobs?batch=${uuid}`, 'batch', /must be a uuid/],
    [`events?job=${uuid}`, 'job.0', /must be a uuid/],
  ]),
  ['batches?state=over', 'state', /must be open, closed, ended/],
  ['batches?state=', 'state', /must be open, closed, ended/],
  ['batches?state=open&state=ended', 'state', /must be open, closed, ended/],
  ['batches?name=x', 'name', /unknown; known are state, cursor/],
  ['batches?__proto__=x', '__proto__', /unknown/],
  ['metrics?range=year', 'range', /hour, day or week/],
  ['metrics?range=', 'range', /hour, day or week/],
  ['metrics?range=toString', 'range', /hour, day or week/],
  ['metrics?channel=a..b', 'channel', /not the name of a channel/],
  [`metrics?channel=${SQL}`, 'channel', /not the name of a channel/],
  ['metrics?channel=', 'channel', /not be empty/],
  ['metrics?name=%00', 'name', /NUL/],
  [`metrics?name=${'x'.repeat(256)}`, 'name', /255 characters/],
  ['metrics?since=1', 'since', /unknown; known are range, channel, name/],
  ['audit?cursor=x', 'cursor', /the next of the page before/],
  ['audit?cursor=-1', 'cursor', /the next of the page before/],
  ['audit?cursor=1.5', 'cursor', /the next of the page before/],
  ['audit?cursor=9999999999999999999', 'cursor', /the next of the page before/],
  ['audit?cursor=1&cursor=2', 'cursor', /the next of the page before/],
  ['audit?who=ada', 'who', /unknown; known are cursor/],
  ['jobs?failure=nonsense', 'failure', /an id of GET failures/],
  ['jobs?failure=%00', 'failure', /NUL/],
  ['jobs?failure=zz:Desk.mail', 'failure', /an id of GET failures/],
  [`jobs?failure=${'0'.repeat(65)}:Desk.mail`, 'failure', /an id of GET failures/],
  [`jobs?failure=:${'x'.repeat(256)}`, 'failure', /an id of GET failures/],
  [`events?${Array.from({ length: 21 }, () => 'job=01a20dc3-8489-7143-a61c-c2e98362c237').join('&')}`, 'job', /20 jobs at most/],
  ['events?uuid=x', 'uuid', /unknown; known are job/],
  ['channels/a..b', 'name', /not the name of a channel/],
  ['channels/%00', 'name', /NUL/],
  [`channels/${SQL}`, 'name', /not the name of a channel/],
  ['functions/%00', 'name', /NUL/],
]; // prettier-ignore

const changing =
  (path: string) =>
  (where: string, says: RegExp, ...bodies: unknown[]): BadRequest[] =>
    bodies.map((body) => ({ method: 'PATCH', path, body, code: 'INVALID_INPUT', where, says }));
const channel = changing('channels/root.mail');
const jobFunction = changing('functions/Desk.mail');
const NO_NUMBERS = ['3', '', true, {}, [], [1], nested(100), NUL];
const NO_FLAGS = ['true', 0, 1, null, {}, []];

export const channelChanges: readonly BadRequest[] = [
  ...['capacity', 'throttle', 'removalInterval'].flatMap((name) => [
    ...channel(name, /must be a number or null/, ...NO_NUMBERS.map((value) => ({ [name]: value }))),
    ...channel(name, /must be at least 0, or null/, { [name]: -1 }, { [name]: -1e308 }),
  ]),
  ...channel('rate.limit', /must be a number/, { rate: { limit: '5', per: 1 } }),
  ...['sequential', 'fair', 'paused'].flatMap((name) =>
    channel(name, /must be true or false/, ...NO_FLAGS.map((value) => ({ [name]: value }))),
  ),
  ...channel('', /must change something/, {}),
  ...channel('', /must change something/, []),
  ...channel('0', /unknown/, [1], [[]]),
  ...channel('speed', /unknown; known are capacity/, { speed: 1 }, { paused: true, speed: nested(1_000) }),
  ...channel('constructor', /unknown/, { paused: true, constructor: 1 }),
  ...channel('name', /unknown/, { name: 'root.other', paused: true }),
  ...[{ capacity: 1.5 }, { capacity: 1e308 }, { capacity: 2 ** 31 }, { sequential: true, capacity: 2 }].map(
    (body): BadRequest => ({
      method: 'PATCH',
      path: 'channels/root.mail',
      body,
      code: 'CHANNEL_CONFIG',
      says: /root\.mail/,
    }),
  ),
  ...[{ throttle: 1e308 }, { throttle: 0 }, { rate: { limit: 0, per: 1 } }, { removalInterval: 1e308 }].map(
    (body): BadRequest => ({
      method: 'PATCH',
      path: 'channels/root.mail',
      body,
      code: 'CHANNEL_CONFIG',
      says: /root\.mail/,
    }),
  ),
  ...['PATCH', 'POST'].flatMap((method): BadRequest[] => {
    const change = { method: method as 'PATCH' | 'POST', body: { paused: true } };
    const suffix = method === 'POST' ? '/reset' : '';
    return [
      { ...change, path: `channels/root.none${suffix}`, code: 'CHANNEL_NOT_FOUND', says: /There is no channel root\.none/ },
      { ...change, path: `channels/a..b${suffix}`, code: 'INVALID_INPUT', where: 'name', says: /not the name/ },
      { ...change, path: `channels/${SQL}${suffix}`, code: 'INVALID_INPUT', where: 'name', says: /not the name/ },
      { ...change, path: `channels/%00${suffix}`, code: 'INVALID_INPUT', where: 'name', says: /NUL/ },
    ];
  }), // prettier-ignore
];

export const functionChanges: readonly BadRequest[] = [
  ...jobFunction('', /must change the channel, the retryPattern or paused/, {}),
  ...jobFunction('paused', /must be true or false/, ...NO_FLAGS.map((paused) => ({ paused }))),
  ...jobFunction('', /must change the channel/, []),
  ...jobFunction('0', /unknown/, [1]),
  ...jobFunction('channel', /given once, as text/, { channel: 5 }, { channel: {} }, { channel: ['root'] }, { channel: true }),
  ...jobFunction('channel', /not be empty/, { channel: '' }),
  ...jobFunction('channel', /NUL/, { channel: NUL }),
  ...jobFunction('channel', /not the name of a channel/, { channel: 'a..b' }, { channel: '.' }, { channel: HALF }, { channel: 'a,b' }, { channel: "'; DROP TABLE queue_job; --" }),
  ...jobFunction('channel', /1000 characters/, { channel: 'x'.repeat(1_001) }),
  ...jobFunction('retryPattern', /retryPattern must be an object of attempts and seconds/, { retryPattern: 5 }, { retryPattern: 'soon' }, { retryPattern: [] }, { retryPattern: [10] }, { retryPattern: true }),
  ...jobFunction('retryPattern', /retryPattern is empty/, { retryPattern: {} }),
  ...jobFunction('retryPattern', /a key is the number of attempts/, { retryPattern: { '-1': 5 } }, { retryPattern: { 1.5: 5 } }, { retryPattern: { one: 5 } }, { retryPattern: { '01': 5 } }, { retryPattern: { constructor: 5 } }, { retryPattern: { ['9'.repeat(20)]: 5 } }),
  ...jobFunction('retryPattern', /must be whole seconds/, { retryPattern: { 1: -5 } }, { retryPattern: { 1: 1.5 } }, { retryPattern: { 1: '5' } }, { retryPattern: { 1: null } }, { retryPattern: { 1: [5] } }, { retryPattern: { 1: [9, 5] } }, { retryPattern: { 1: [1, 2, 3] } }, { retryPattern: { 1: 1e308 } }, { retryPattern: { 1: nested(1_000) } }, { retryPattern: { 1: nestedArray(1_000) } }),
  ...jobFunction('priority', /unknown; known are channel, retryPattern/, { priority: 1, channel: 'root' }),
  { method: 'PATCH', path: 'functions/Desk.none', body: { channel: 'root' }, code: 'UNKNOWN_JOB', says: /Desk\.none/ },
  { method: 'PATCH', path: 'functions/__proto__', body: { channel: 'root' }, code: 'UNKNOWN_JOB', says: /__proto__/ },
  { method: 'POST', path: 'functions/Desk.none/reset', body: {}, code: 'UNKNOWN_JOB', says: /Desk\.none/ },
  { method: 'POST', path: 'functions/%00/reset', body: {}, code: 'INVALID_INPUT', where: 'name', says: /NUL/ },
]; // prettier-ignore

export const nodeActions: readonly BadRequest[] = [
  ...['0', '-1', '1.5', 'one', '1e3', '2147483648', '%00', SQL].map((id): BadRequest => ({
    method: 'POST',
    path: `nodes/${id}/actions/stop`,
    body: {},
    code: 'INVALID_INPUT',
    where: 'id',
    says: /whole number from 1 to 2147483647/,
  })),
  ...['dance', 'STOP', '__proto__', '%00', SQL].map((action): BadRequest => ({
    method: 'POST',
    path: `nodes/1/actions/${action}`,
    body: {},
    code: 'INVALID_INPUT',
    where: 'action',
    says: /drain, resume or stop/,
  })),
  ...['drain', 'resume', 'stop'].map((action): BadRequest => ({
    method: 'POST',
    path: `nodes/2147483647/actions/${action}`,
    body: {},
    code: 'NODE_NOT_FOUND',
    says: /There is no/,
  })),
];
