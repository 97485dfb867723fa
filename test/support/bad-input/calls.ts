import { DataSource } from 'typeorm';
import {
  type BatchService,
  chain,
  InvalidJobOptionError,
  NotAJobError,
  NotAProviderError,
  type QueueService,
  UnknownJobError,
} from '../../../lib/index.js';
import { type BadInput, HALF, NUL, nested, refusedWith, withProtoKey, wrong } from './bad-input.js';
import { Stranger, Target } from './jobs.js';

export interface Calls {
  readonly queue: QueueService;
  readonly batches: BatchService;
}

const option = refusedWith<Calls>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const notAJob = refusedWith<Calls>(NotAJobError, 'NOT_A_JOB');
const noProvider = refusedWith<Calls>(NotAProviderError, 'NOT_A_PROVIDER');
const unknown = refusedWith<Calls>(UnknownJobError, 'UNKNOWN_JOB');

/** A call with one wrong property. */
const property = (name: string, value: unknown, ...says: readonly string[]): BadInput<Calls> =>
  option(
    `withDelay({ ${name} })`,
    ({ queue }) => queue.withDelay(Target, wrong({ [name]: value })).run(),
    name,
    ...says,
  );

const WHOLE = 'a whole number from 0 to 2147483647';
const ETA =
  "seconds from now (0 to 3155760000), a duration such as '5h', or a valid Date of the years 1 to 9999";
const KEY = 'a string of 1 to 255 characters';
const TAGS = 'a list of at most 20 tags, each a string of 1 to 100 characters';
const CHANNEL = 'parts joined by dots, each of letters, digits, "_" and "-", 255 characters at most';

export const properties: readonly BadInput<Calls>[] = [
  ...['priority', 'maxRetries'].flatMap((name) => [
    property(name, -1, WHOLE, 'not -1'),
    property(name, 1.5, WHOLE, 'not 1.5'),
    property(name, NaN, WHOLE, 'not NaN'),
    property(name, Infinity, WHOLE, 'not Infinity'),
    property(name, 2_147_483_648, WHOLE, 'not 2147483648'),
    property(name, '5', WHOLE, "not '5'"),
    property(name, 5n, WHOLE, 'not 5n'),
    property(name, null, WHOLE, 'not null'),
    property(name, [5], WHOLE, 'not [ 5 ]'),
    property(name, nested(10_000), WHOLE, 'not { value:'),
  ]),
  property('eta', -1, ETA, 'not -1'),
  property('eta', NaN, ETA, 'not NaN'),
  property('eta', Infinity, ETA, 'not Infinity'),
  property('eta', 1e18, ETA, 'not 1000000000000000000'),
  property('eta', '', ETA, "not ''"),
  property('eta', '5', ETA, "not '5'"),
  property('eta', 'tomorrow', ETA, "not 'tomorrow'"),
  property('eta', '-5h', ETA, "not '-5h'"),
  property('eta', '1e999 s', ETA, 'not '),
  property('eta', `${'9'.repeat(1_000_000)} s`, ETA, 'not '),
  property('eta', new Date(NaN), ETA, 'not Invalid Date'),
  property('eta', new Date(-8.64e15), ETA, 'not -271821-04-20'),
  property('eta', new Date(8.64e15), ETA, 'not +275760-09-13'),
  property('eta', null, ETA, 'not null'),
  property('eta', {}, ETA, 'not {}'),
  property('eta', 5n, ETA, 'not 5n'),
  property('eta', true, ETA, 'not true'),
  ...['', ' ', 'x'.repeat(1_001), NUL, HALF, 5, null, {}, () => 'x'].map((value) =>
    property('description', value, 'a string of 1 to 1000 characters', 'not '),
  ),
  ...['', 'x'.repeat(256), NUL, HALF].map((value) => property('identityKey', value, KEY, 'not ')),
  ...[5, null, {}, ['a']].map((value) => property('identityKey', value, KEY, 'or a function', 'not ')),
  property('identityKey', () => 5, KEY, 'what the function returns for Target.run', 'not 5'),
  property('identityKey', async () => 'key', KEY, 'not Promise'),
  property('identityKey', () => HALF, KEY, 'without NUL or lone surrogates'),
  property('identityKey', () => {
    throw new Error('no key today');
  }, 'threw for Target.run', 'no key today'), // prettier-ignore
  ...['done', '', 5, null, '__proto__'].map((value) =>
    property('identityScope', value, "'waiting' or 'until_done' or a window", 'not '),
  ),
  ...[{}, { window: '1 s', more: 1 }, { windows: 5 }, ['waiting'], 5n].map((value) =>
    property('identityScope', value, "'waiting' or 'until_done' or a window", 'not '),
  ),
  ...[0, -1, NaN, Infinity, '', '5', 'long', '0 s', null, {}, new Date('2100-01-01'), true].map((window) =>
    property('identityScope', { window }, 'identityScope.window must be', 'not '),
  ),
  ...['367 days', 366 * 86_400 + 1].map((window) =>
    property('identityScope', { window }, 'identityScope.window must be a year', 'at most'),
  ),
  ...['drop', '', 5, null, '__proto__'].map((value) =>
    property('onDuplicate', value, "'keep' or 'replace' or 'debounce'", 'not '),
  ),
  ...[0, -1, NaN, '5', 'long', null, {}, new Date('2100-01-01')].map((value) =>
    property('maxWait', value, 'maxWait must be', 'not '),
  ),
  ...[
    [{ onDuplicate: 'replace' }, 'needs an identityKey'],
    [{ onDuplicate: 'debounce', eta: '1 s' }, 'needs an identityKey'],
    [{ identityKey: 'k', onDuplicate: 'debounce' }, 'needs an eta in seconds'],
    [{ identityKey: 'k', onDuplicate: 'debounce', eta: new Date('2100-01-01') }, 'needs an eta in seconds'],
    [
      { identityKey: 'k', onDuplicate: 'debounce', eta: '10 s', maxWait: '9 s' },
      'must not be below eta (10 s)',
    ],
    [{ identityKey: 'k', maxWait: '9 s' }, "onDuplicate is 'keep'"],
    [{ identityKey: 'k', onDuplicate: 'replace', maxWait: '9 s' }, "onDuplicate is 'replace'"],
    [
      { identityKey: 'k', onDuplicate: 'replace', identityScope: 'until_done' },
      "must be 'waiting', not 'until_done'",
    ],
    [
      { identityKey: 'k', onDuplicate: 'replace', identityScope: { window: 5 } },
      "must be 'waiting', not { window: 5 }",
    ],
  ].map(([options, says]) =>
    option(
      `withDelay(${JSON.stringify(options)})`,
      ({ queue }) => queue.withDelay(Target, wrong(options)).run(),
      says as string,
    ),
  ),
  ...[{ onDuplicate: 'replace' }, { identityScope: { window: 5 } }].flatMap((rule) => [
    option(
      'chain() of a job that replaces',
      ({ queue }) =>
        chain(
          queue.delayable(Target).run(),
          queue.delayable(Target, wrong({ identityKey: 'k', ...rule })).run(),
        ).delay(),
      "which a job of a graph or a batch can't have",
    ),
    option(
      'batches.create() of a job that replaces',
      ({ queue, batches }) =>
        batches.create('keys', {
          jobs: [queue.delayable(Target, wrong({ identityKey: 'k', ...rule })).run()],
        }),
      "which a job of a graph or a batch can't have",
    ),
    option(
      'batches.create() with a callback that replaces',
      ({ queue, batches }) =>
        batches.create('keys', {
          onDone: queue.delayable(Target, wrong({ identityKey: 'k', ...rule })).run(),
        }),
      "which a job that is called by a batch can't have",
    ),
  ]),
  ...['a', 5, null, {}, new Set(['a']), Array.from({ length: 21 }, (_, at) => `${at}`)].map((value) =>
    property('tags', value, TAGS, 'not '),
  ),
  ...['', ' ', 'x'.repeat(101), NUL, HALF, 5, null, undefined, {}, ['a']].map((tag) =>
    property('tags', ['fine', tag], 'tags[1] must be', TAGS, 'not '),
  ),
  property('tags', Array(3), 'tags[0] must be', TAGS, 'not undefined'),
  ...[-1, NaN, Infinity, '', '5', 'soon', new Date(NaN), null, {}, true].map((value) =>
    property('startBefore', value, 'startBefore must be seconds from now', 'not '),
  ),
  ...[0, '0 s', new Date(0)].map((value) =>
    property('startBefore', value, 'must be in the future', 'has passed'),
  ),
  ...['fail', '', 5, null, '__proto__'].map((value) =>
    property('onParentFailed', value, "'wait' or 'cancel' or 'run'", 'not '),
  ),
  option(
    'withDelay({ startBefore, eta })',
    ({ queue }) => queue.withDelay(Target, { startBefore: '1 min', eta: '2 min' }).run(),
    'startBefore must be later than eta',
  ),
  ...['true', 1, null, {}].map((value) => property('noDelay', value, 'true or false', 'not ')),
  ...['a..b', 'a b', 'a.*', 'root.', '.', 'a/b', "a'; DROP TABLE queue_job; --", 'a"b', 'a$$b', '\u200b'].map(
    (value) => property('channel', value, CHANNEL, ' is not the name of a channel'),
  ),
  property('channel', 'x'.repeat(251), CHANNEL),
  ...['', NUL, HALF, 5, null, {}, ['a']].map((value) =>
    property('channel', value, 'a string of 1 to 255 characters', 'not '),
  ),
  property('manager', {}, 'the EntityManager of the caller', 'not {}'),
  property('manager', null, 'the EntityManager of the caller', 'not null'),
  property('manager', 'default', 'the EntityManager of the caller', "not 'default'"),
  property('manager', new DataSource({ type: 'postgres' }).manager, 'another data source'),
  property('prioritty', 5, 'is unknown', 'Did you mean priority?', 'The properties are: priority, eta'),
  property('max_retries', 5, 'is unknown', 'Did you mean maxRetries?'),
  option(
    'withDelay({ __proto__ })',
    ({ queue }) => queue.withDelay(Target, wrong(withProtoKey({ priority: 1 }))).run(),
    "'__proto__' is unknown",
    'The properties are: priority',
  ),
  option(
    'withDelay({ constructor })',
    ({ queue }) => queue.withDelay(Target, wrong({ constructor: 1 })).run(),
    "'constructor' is unknown",
  ),
];

export const calls: readonly BadInput<Calls>[] = [
  ...[null, 'priority', 5, [], () => 5].map((value) =>
    option(
      'withDelay(provider, no object)',
      ({ queue }) => queue.withDelay(Target, wrong(value)).run(),
      'withDelay() takes an object of options, not ',
    ),
  ),
  option(
    'delayable(provider, null)',
    ({ queue }) => queue.delayable(Target, wrong(null)).run(),
    'delayable() takes an object of options, not null',
  ),
  option(
    'delayable({ priority })',
    ({ queue }) => queue.delayable(Target, { priority: -1 }).run(),
    WHOLE,
    'not -1',
  ),
  ...[null, undefined, 5, 'Target', Symbol('x'), Object.create(null)].map((value) =>
    noProvider(
      'withDelay(no provider)',
      ({ queue }) => queue.withDelay<Target>(wrong(value)).run(),
      'Methods of an injected provider, or of its class, can be delayed',
    ),
  ),
  noProvider(
    'a class that no module provides',
    ({ queue }) => queue.withDelay(Stranger).run(),
    'Stranger is not a provider',
    'Add it to the providers of a module',
  ),
  ...['plain', 'missing', 'constructor', '__proto__', 'hasOwnProperty', "run'; --"].map((method) =>
    notAJob(
      `the method ${method}`,
      ({ queue }) => (queue.withDelay(Target) as unknown as Record<string, () => unknown>)[method]?.(),
      `Target.${method} is not a job`,
      'Its jobs are: run, described',
    ),
  ),
  notAJob(
    'an object that is no provider',
    ({ queue }) => queue.withDelay<Target>(wrong({ run: () => 5 })).run(),
    'is not a job',
  ),
  ...['', 'Target', 'Target.plain', 'target.run', '__proto__', 'constructor', NUL, "'; DROP TABLE queue_job"].map(
    (name) => unknown(`enqueue(${JSON.stringify(name)})`, ({ queue }) => queue.enqueue(name), 'Its jobs are: Target.run'),
  ), // prettier-ignore
  ...[null, undefined, 5, {}, Symbol('x')].map((name) =>
    unknown('enqueue(no text)', ({ queue }) => queue.enqueue(wrong(name)), 'Its jobs are: Target.run'),
  ),
  unknown('a huge name', ({ queue }) => queue.enqueue('x'.repeat(1_000_000)), 'Its jobs are: Target.run'),
  ...['text', {}, { length: 1 }, null, 5, new Set([1])].map((args) =>
    option(
      'enqueue(name, no array)',
      ({ queue }) => queue.enqueue('Target.run', wrong(args)),
      'The arguments of a job are an array',
      'not ',
    ),
  ),
  option(
    'enqueue(name, [], null)',
    ({ queue }) => queue.enqueue('Target.run', [], wrong(null)),
    'enqueue() takes an object of options, not null',
  ),
  ...['', 'x'.repeat(1_001), 5].map((text) =>
    option(
      'a description made of the arguments',
      ({ queue }) => queue.withDelay(Target).described(wrong(text)),
      'Target.described: description must be a string of 1 to 1000 characters',
    ),
  ),
];

/** Of the module option `userId`, which answers at the call. */
export const users: readonly (readonly [what: string, answer: unknown, says: string])[] = [
  ['a promise', Promise.resolve('ada'), 'not Promise'],
  ['an object', { id: 5 }, 'not { id: 5 }'],
  ['NaN', NaN, 'not NaN'],
  ['a NUL', NUL, "not 'a\\x00b'"],
  ['half a character', HALF, "not 'a\\ud83d'"],
  ['a huge text', 'x'.repeat(256), 'of 255 characters at most'],
  ['a boolean', true, 'not true'],
];
