import type { DynamicModule } from '@nestjs/common';
import {
  ChannelConfigError,
  InvalidModuleOptionError,
  QueueJobModule,
  typeCodec,
} from '../../../lib/index.js';
import { queueJobMigrations } from '../../../lib/migrations.js';
import { type BadInput, HALF, NUL, nested, refusedWith, wrong } from './bad-input.js';
import { retryPatterns } from './channels.js';

/** Starts an application with the module. */
export type Start = (module: DynamicModule) => Promise<void>;

const module = refusedWith<Start>(InvalidModuleOptionError, 'INVALID_MODULE_OPTION');
const channel = refusedWith<Start>(ChannelConfigError, 'CHANNEL_CONFIG');

const withOptions =
  (options: unknown): BadInput<Start>['give'] =>
  (start) =>
    start(QueueJobModule.forRoot(wrong(options)));
const of = (
  refused: typeof module,
  path: string,
  value: unknown,
  ...says: readonly string[]
): BadInput<Start> => {
  const options = path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
  return refused(`forRoot({ ${path} })`, withOptions(options), ...says);
};

const DURATION = "must be milliseconds of at least 0 or a duration such as '30 s'";
const WHOLE = 'a whole number from 0 to 2147483647';
const SCHEMA = 'schema must be the name of a PostgreSQL schema, of 1 to 63 bytes';
const NAMES = 'parts joined by dots, each of letters, digits, "_" and "-"';

class Money {}
class NoFactory {}
const money = typeCodec({ name: 'Money', type: Money, encode: () => 1, decode: () => new Money() });

export const moduleOptions: readonly BadInput<Start>[] = [
  ...[null, 'options', 5].map((value) =>
    module(
      'forRoot(no object)',
      withOptions(value),
      'QueueJobModule.forRoot() takes an object of options, not ',
    ),
  ),
  ...[null, 'options', 5, []].map((value) =>
    module(
      'a factory that makes no object',
      (start) => start(QueueJobModule.forRootAsync({ useFactory: () => wrong(value) })),
      'must be an object of options, not ',
    ),
  ),
  module(
    'forRootAsync(null)',
    () => QueueJobModule.forRootAsync(wrong(null)),
    'QueueJobModule.forRootAsync() takes an object of options, not null',
  ),
  module(
    'forRootAsync({})',
    () => QueueJobModule.forRootAsync({}),
    'takes one of useFactory, useClass and useExisting, not 0 of them',
  ),
  module(
    'forRootAsync(two of them)',
    () => QueueJobModule.forRootAsync(wrong({ useFactory: () => ({}), useClass: NoFactory })),
    'not 2 of them',
  ),
  module(
    'forRootAsync({ useFactory })',
    () => QueueJobModule.forRootAsync({ useFactory: wrong({}) }),
    'useFactory must be a function, not {}',
  ),
  module(
    'forRootAsync({ useClass })',
    () => QueueJobModule.forRootAsync({ useClass: wrong(NoFactory) }),
    'a class with a method createQueueJobOptions()',
    'NoFactory',
  ),
  ...['', 5, null, {}].map((value) =>
    of(module, 'dataSource', value, 'dataSource must be the name of a TypeORM data source, not '),
  ),
  ...['yes', 1, null].flatMap((value) => [
    of(module, 'isGlobal', value, 'isGlobal must be true or false, not '),
    of(module, 'migrate', value, 'migrate must be true or false, not '),
    of(module, 'noDelay', value, 'noDelay must be true or false, not '),
    of(module, 'runner.listen', value, 'runner.listen must be true or false, not '),
  ]),
  ...[
    '',
    NUL,
    HALF,
    'x'.repeat(64),
    'ä'.repeat(32),
    'a"b',
    'a.b',
    'a$$b',
    'pg_jobs',
    'a\nb',
    `x"; DROP TABLE "y`,
    5,
    null,
  ].map((value) => of(module, 'schema', value, SCHEMA, 'not ')),
  module('queueJobMigrations({ schema })', () => queueJobMigrations({ schema: 'a"b' }), SCHEMA, `not 'a"b'`),
  module('queueJobMigrations()', () => queueJobMigrations(wrong(undefined)), SCHEMA, 'not undefined'),
  ...['', ' ', ' 2.4', 5, null, NUL, 'x'.repeat(256)].map((value) =>
    of(module, 'version', value, 'version must be a string of 1 to 255 characters', 'not '),
  ),
  ...[true, null, 'on', 5].map((value) =>
    of(module, 'runner', value, 'runner must be an object of options, not '),
  ),
  ...[0, -1, 1.5, NaN, Infinity, 10_001, '10', null].map((value) =>
    of(
      module,
      'runner.concurrency',
      value,
      'runner.concurrency must be a whole number from 1 to 10000, not ',
    ),
  ),
  ...[[], 'erp', null, {}].map((value) =>
    of(module, 'runner.channels', value, 'runner.channels must be a list of channel names'),
  ),
  ...[[''], ['a b'], ['a.*'], [null], [5], [NUL]].map((value) =>
    of(channel, 'runner.channels', value, NAMES),
  ),
  ...['pollInterval', 'leaseDuration', 'shutdownTimeout'].flatMap((name) =>
    [-1, NaN, '5', 'often', null, {}, 2_147_483_648, '30 days'].map((value) =>
      of(module, `runner.${name}`, value, `runner.${name} ${DURATION}`, 'not '),
    ),
  ),
  ...['sleepAfter', 'wakeEvery'].flatMap((name) =>
    [-1, NaN, '5', 'often', null, {}, '30 days'].map((value) =>
      of(module, 'runner', { sleepAfter: 5_000, [name]: value }, `runner.${name} ${DURATION}`, 'not '),
    ),
  ),
  of(module, 'runner', { sleepAfter: 999 }, 'runner.sleepAfter must be at least 1000, not 999'),
  of(module, 'runner', { sleepAfter: 5_000, wakeEvery: 1 }, 'runner.wakeEvery must be at least 1000, not 1'),
  of(module, 'runner.wakeEvery', 5_000, 'runner.wakeEvery has a meaning only with runner.sleepAfter'),
  of(module, 'runner.pollInterval', 9, 'runner.pollInterval must be at least 10, not 9'),
  of(module, 'runner.leaseDuration', 999, 'runner.leaseDuration must be at least 1000, not 999'),
  of(
    module,
    'runner.concurency',
    5,
    "runner has no option 'concurency'",
    'its options are concurrency, transactionalConcurrency, channels',
  ),
  ...[null, 5, 'none', []].map((value) =>
    of(module, 'defaults', value, 'defaults must be an object of options, not '),
  ),
  ...[-1, 1.5, '5', null].flatMap((value) => [
    of(module, 'defaults.priority', value, `priority must be ${WHOLE}`, 'not '),
    of(module, 'defaults.maxRetries', value, `maxRetries must be ${WHOLE}`, 'not '),
  ]),
  ...retryPatterns<Start>((pattern) => withOptions({ defaults: { retryPattern: pattern } })).map(
    ([, give, ...says]) => module('forRoot({ defaults.retryPattern })', give, ...says),
  ),
  ...['all', null, 5].map((value) =>
    of(module, 'defaults.retryOn', value, "retryOn must be 'retryable', 'any' or a function", 'not '),
  ),
  ...['cls', null, 5, {}].map((value) =>
    of(module, 'transactionManager', value, 'transactionManager must be a function, not '),
  ),
  ...['yes', null, 1].map((value) =>
    of(module, 'requireTransaction', value, 'requireTransaction must be true or false, not '),
  ),
  ...['yes', null, 1].map((value) => of(module, 'enhancers', value, 'enhancers must be true or false, not ')),
  of(module, 'enhancers', { globals: true }, 'enhancers has no option ', 'global'),
  of(module, 'enhancers', { global: 1 }, 'enhancers.global must be true or false, not '),
  ...['', ' a', null, 5, HALF].map((value) =>
    of(module, 'defaults.onFailed', value, 'defaults.onFailed must be a string of 1 to 255 characters'),
  ),
  ...['', 'a b', 'a.*', null, 5, HALF].map((value) => of(channel, 'defaults.channel', value, NAMES)),
  ...['a', null, 5, ['']].map((value) =>
    of(module, 'defaults.tags', value, 'a list of at most 20 tags', 'not '),
  ),
  ...[-1, 'long', null].map((value) =>
    of(module, 'defaults.startBefore', value, 'startBefore must be seconds from now', 'not '),
  ),
  of(module, 'defaults.startBefore', new Date('2100-01-01'), 'which count from each call'),
  ...['drop', '', 5, null].map((value) =>
    of(module, 'defaults.onDuplicate', value, "'keep' or 'replace' or 'debounce'", 'not '),
  ),
  ...['done', {}, 5, null].map((value) =>
    of(module, 'defaults.identityScope', value, "'waiting' or 'until_done' or a window", 'not '),
  ),
  of(module, 'defaults.identityScope', { window: '2 years' }, 'identityScope.window must be a year'),
  ...[0, -1, 'long', null, new Date('2100-01-01')].map((value) =>
    of(module, 'defaults.maxWait', value, 'maxWait must be', 'not '),
  ),
  module(
    'forRoot({ defaults.identityScope, defaults.onDuplicate })',
    withOptions({ defaults: { identityScope: 'until_done', onDuplicate: 'replace' } }),
    "must be 'waiting', not 'until_done'",
  ),
  of(module, 'defaults.onParentFailed', 'fail', "'wait' or 'cancel' or 'run'", "not 'fail'"),
  of(
    module,
    'defaults.chanel',
    'a',
    "defaults has no option 'chanel'",
    'priority, maxRetries, retryPattern, retryOn, channel',
  ),
  ...[null, 5, 'prometheus', {}, { start: () => 0 }].map((metrics) =>
    of(module, 'metrics', metrics, 'metrics must be an object with the methods start, record', 'not '),
  ),
  ...[null, 5, 'otel', {}, { enqueue: () => 0, attempt: () => 0 }].map((tracing) =>
    of(
      module,
      'tracing',
      tracing,
      'tracing must be an object with the methods enqueue, attempt, quietly',
      'not ',
    ),
  ),
  ...['userId', 'entityUrl'].flatMap((name) =>
    ['ada', 5, null, {}].map((value) => of(module, name, value, `${name} must be a function, not `)),
  ),
  ...[null, 5, () => 5].map((value) =>
    of(module, 'context', value, 'context must be an object of options, not '),
  ),
  of(module, 'context', {}, 'context.capture must be a function, not undefined'),
  of(module, 'context', { capture: () => 5 }, 'context.run must be a function, not undefined'),
  ...[0, -1, 1.5, NaN, 67_108_865, '1 MiB', null, {}, Symbol('x')].map((value) =>
    of(module, 'maxPayloadBytes', value, 'maxPayloadBytes: expected a whole number from 1 to 67108864, not '),
  ),
  ...[-1, NaN, Infinity, '5', 'long', {}, 1e16, true].map((value) =>
    of(module, 'removalInterval', value, `removalInterval ${DURATION}`, 'not '),
  ),
  ...[null, 'codecs', {}, money].map((value) =>
    of(module, 'codecs', value, 'Module option codecs: expected a list of typeCodec()'),
  ),
  ...[null, 5, 'Money', undefined].map((value) =>
    of(module, 'codecs', [value], 'expected what typeCodec() answers, not '),
  ),
  of(module, 'codecs', [{}], 'a codec has no name'),
  of(module, 'codecs', [{ ...money, name: 'Date' }], '"Date" is the name of a built-in type; choose another'),
  of(module, 'codecs', [money, { ...money, type: NoFactory }], 'two codecs are named "Money"'),
  of(module, 'codecs', [money, { ...money, name: 'Coins' }], '"Money" and "Coins" are for the same class'),
  of(module, 'codecs', [{ name: 'Money', type: Money }], 'needs both functions, encode and decode'),
  of(module, 'codecs', [{ ...money, type: undefined }], 'needs either type (a class) or matches (a test)'),
  of(module, 'codecs', [{ ...money, type: 5 }], 'is not a class'),
  ...[null, 'encrypt', []].map((value) =>
    of(module, 'codec', value, 'codec must be an object of options, not '),
  ),
  of(module, 'codec.encript', {}, "codec has no option 'encript'", 'its options are encrypt'),
  ...[null, 'key', []].map((value) =>
    of(module, 'codec.encrypt', value, 'codec.encrypt must be an object with keys'),
  ),
  of(module, 'codec.encrypt.keys', [], 'codec.encrypt.keys must be a list of keys'),
  of(module, 'codec.encrypt.keys', [{ id: 'a', key: 'password' }], 'must be 32 bytes, or base64 of 32 bytes'),
  of(module, 'chanels', 'root:5', "has no option 'chanels'", 'its options are schema, migrate, channels'),
  module(
    'forRoot({ __proto__ })',
    withOptions(JSON.parse('{"__proto__":{"migrate":false}}')),
    "has no option '__proto__'",
  ),
];

const entry = (text: string, ...says: readonly string[]): BadInput<Start> =>
  of(channel, 'channels', text, 'Channel entry ', ...says);

export const channelOptions: readonly BadInput<Start>[] = [
  ...[null, 5, {}, true].map((value) =>
    of(
      channel,
      'channels',
      value,
      'channels must be a text such as "root:20,root.mail:5" or a list of objects',
      'not ',
    ),
  ),
  entry(':5', 'the name of the channel is missing'),
  entry('root:20,:5', 'the name of the channel is missing'),
  entry('a:-1', '"a:-1"', "the capacity must be a whole number of at least 0, not '-1'"),
  entry('a:1.5', "not '1.5'"),
  entry('a:', "not ''"),
  entry('a:many', "not 'many'", 'Keys come after the capacity'),
  entry('a:99999999999', 'the capacity must be a whole number from 0 to 2147483647'),
  entry(
    'a:1:fast',
    "the key 'fast' is unknown",
    'sequential, throttle=<seconds>, rate=<starts>/<seconds>, fair, paused',
  ),
  entry('a:1:', 'a key is empty'),
  entry('a:1:fair:fair', "the key 'fair' is repeated"),
  entry('a:1:throttle=1=2', 'has a second "="'),
  entry('a:1:throttle', 'throttle needs its seconds'),
  entry('a:1:throttle=', 'throttle needs its seconds'),
  entry('a:1:throttle=0', 'throttle must be seconds above 0'),
  entry('a:1:throttle=soon', "throttle must be seconds above 0 or a duration such as '2s'", "not 'soon'"),
  entry('a:1:rate=5', 'rate needs its starts and its seconds'),
  entry('a:1:rate=0/60', 'the limit of a rate must be a whole number from 1 to 2147483647', 'not 0'),
  entry('a:1:rate=5/2 years', 'the time of a rate must be seconds above 0', 'a year at most'),
  entry('a:1:sequential=yes', 'sequential must be "true" or "false"', "not 'yes'"),
  entry('a:2:sequential', 'a sequential channel has a capacity of 1, not 2'),
  entry('a b:1', NAMES),
  entry('a..b:1', NAMES),
  entry('a.*.b:1', 'the last part may be "*"'),
  entry(`a'; DROP TABLE queue_job; --:1`, NAMES),
  entry(`${NUL}:1`, NAMES),
  entry(`${HALF}:1`, NAMES),
  entry('x'.repeat(300), NAMES),
  ...[null, 'a', 5, []].map((value) =>
    of(channel, 'channels', [value], 'it must be an object such as { name: '),
  ),
  of(channel, 'channels', [{}], 'the name of the channel is missing'),
  of(channel, 'channels', [{ name: 5 }], 'the name of the channel is missing'),
  of(channel, 'channels', [{ name: 'a', capacity: -1 }], 'the capacity must be'),
  of(channel, 'channels', [{ name: 'a', capacity: nested(10_000) }], 'the capacity must be', 'not { value:'),
  of(channel, 'channels', [{ name: 'a', throttle: '2' }], 'throttle must be'),
  of(
    channel,
    'channels',
    [{ name: 'a', rate: '5/60' }],
    'rate must be an object such as { limit: 100, per: 60 }',
  ),
  of(channel, 'channels', [{ name: 'a', paused: 'yes' }], 'paused must be true or false'),
  of(channel, 'channels', [{ name: 'a', removalInterval: -1 }], 'removalInterval must be'),
  of(channel, 'channels', [{ name: 'a', colour: 'red' }], "the property 'colour' is unknown"),
  of(channel, 'channels', [JSON.parse('{"name":"a","__proto__":{}}')], "the property '__proto__' is unknown"),
];
