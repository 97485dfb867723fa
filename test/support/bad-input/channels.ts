import {
  ChannelConfigError,
  ChannelNotFoundError,
  type ChannelService,
  InvalidJobOptionError,
  type JobFunctionService,
  UnknownJobError,
} from '../../../lib/index.js';
import { type BadInput, HALF, NUL, nested, refusedWith, wrong } from './bad-input.js';

export interface Settings {
  readonly channels: ChannelService;
  readonly jobFunctions: JobFunctionService;
}

const config = refusedWith<Settings>(ChannelConfigError, 'CHANNEL_CONFIG');
const missing = refusedWith<Settings>(ChannelNotFoundError, 'CHANNEL_NOT_FOUND');
const option = refusedWith<Settings>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const unknown = refusedWith<Settings>(UnknownJobError, 'UNKNOWN_JOB');

const NAMES = 'parts joined by dots, each of letters, digits, "_" and "-"';
const NO_NAMES = [
  '',
  ' ',
  'a b',
  'a..b',
  '.',
  'a.*.b',
  '**',
  NUL,
  HALF,
  'x'.repeat(256),
  "a'--",
  null,
  undefined,
  5,
  {},
];

const property = (name: string, value: unknown, ...says: readonly string[]): BadInput<Settings> =>
  config(
    `configure({ ${name} })`,
    ({ channels }) => channels.configure('a', { [name]: value }),
    'Channel root.a:',
    ...says,
  );

export const channelCalls: readonly BadInput<Settings>[] = [
  ...NO_NAMES.flatMap((name) => [
    config('configure(no name)', ({ channels }) => channels.configure(wrong(name), { capacity: 1 }), NAMES),
    config('reset(no name)', ({ channels }) => channels.reset(wrong(name)), NAMES),
    config('get(no name)', ({ channels }) => channels.get(wrong(name)), NAMES),
    config('pause(no name)', ({ channels }) => channels.pause(wrong(name)), NAMES),
  ]),
  missing(
    'get(a channel that is not there)',
    ({ channels }) => channels.get('nothing'),
    'There is no channel root.nothing',
  ),
  missing(
    'reset(a channel that is not there)',
    ({ channels }) => channels.reset('__proto__'),
    'There is no channel root.__proto__',
  ),
  ...[null, undefined, 'capacity', 5, []].map((value) =>
    config(
      'configure(no object)',
      ({ channels }) => channels.configure('a', wrong(value)),
      'its properties are an object such as { capacity: 5 }, not ',
    ),
  ),
  ...[-1, 1.5, NaN, '5', {}, 2_147_483_648, true].map((value) =>
    property('capacity', value, 'the capacity must be a whole number from 0 to 2147483647, or null', 'not '),
  ),
  ...['sequential', 'fair', 'paused'].flatMap((name) =>
    ['true', 1, null, {}].map((value) => property(name, value, `${name} must be true or false, not `)),
  ),
  ...[0, -1, NaN, Infinity, '2', 'often', {}, true, 1e12].map((value) =>
    property('throttle', value, 'throttle must be seconds above 0 or a duration', 'not '),
  ),
  ...['5/1', 5, true, []].map((value) =>
    property('rate', value, 'rate must be an object such as { limit: 100, per: 60 } or null, not '),
  ),
  ...[undefined, 0, -1, 1.5, NaN, Infinity, '5', 2_147_483_648].map((limit) =>
    property(
      'rate',
      { limit, per: 1 },
      'the limit of a rate must be a whole number from 1 to 2147483647, not ',
    ),
  ),
  ...[undefined, 0, -1, NaN, Infinity, '2', 'often', '2 years', 31_557_601].map((per) =>
    property(
      'rate',
      { limit: 1, per },
      'the time of a rate must be seconds above 0 or a duration',
      'a year at most, not ',
    ),
  ),
  property(
    'rate',
    { limit: 1, per: 1, burst: 2 },
    "rate has the properties limit and per; 'burst' is unknown",
  ),
  ...[-1, NaN, Infinity, '7', 'long', {}, true, 1e16].map((value) =>
    property(
      'removalInterval',
      value,
      'removalInterval must be milliseconds of at least 0 or a duration',
      'not ',
    ),
  ),
  config(
    'a sequential channel for two',
    ({ channels }) => channels.configure('a', { sequential: true, capacity: 2 }),
    'a sequential channel has a capacity of 1, not 2',
  ),
  property(
    'capactiy',
    5,
    "the property 'capactiy' is unknown",
    'capacity, sequential, throttle, rate, fair, paused, removalInterval',
  ),
  property('name', 'b', "the property 'name' is unknown"),
  config(
    'configure({ __proto__ })',
    ({ channels }) => channels.configure('a', JSON.parse('{"__proto__":{"capacity":1}}') as object),
    "the property '__proto__' is unknown",
  ),
];

export const functionCalls: readonly BadInput<Settings>[] = [
  ...['', 'Target.plain', '__proto__', NUL, HALF, "' OR true --", null, undefined, 5].flatMap((name) => [
    unknown(
      'configure(no job)',
      ({ jobFunctions }) => jobFunctions.configure(wrong(name), { channel: 'a' }),
      'Its jobs are: Target.run',
    ),
    unknown(
      'reset(no job)',
      ({ jobFunctions }) => jobFunctions.reset(wrong(name)),
      'Its jobs are: Target.run',
    ),
  ]),
  ...['', 'Target.plain', NUL, null, 5].flatMap((name) => [
    unknown(
      'pause(no job)',
      ({ jobFunctions }) => jobFunctions.pause(wrong(name)),
      'Its jobs are: Target.run',
    ),
    unknown(
      'resume(no job)',
      ({ jobFunctions }) => jobFunctions.resume(wrong(name)),
      'Its jobs are: Target.run',
    ),
  ]),
  ...['', 5, null, NUL, 'x'.repeat(256)].map((by) =>
    option(
      'pause({ by })',
      ({ jobFunctions }) => jobFunctions.pause('Target.run', { by: wrong(by) }),
      'by must be a string of 1 to 255 characters',
    ),
  ),
  ...[null, undefined, 'channel', 5, []].map((change) =>
    option(
      'configure(no object)',
      ({ jobFunctions }) => jobFunctions.configure('Target.run', wrong(change)),
      'configure() takes an object of options, not ',
    ),
  ),
  option(
    'configure({ priority })',
    ({ jobFunctions }) => jobFunctions.configure('Target.run', wrong({ priority: 1 })),
    "no property 'priority' to change: channel and retryPattern are",
  ),
  ...['', 'a b', 'a.*', NUL, HALF, 5, {}].map((channel) =>
    config(
      'configure({ channel })',
      ({ jobFunctions }) => jobFunctions.configure('Target.run', { channel: wrong(channel) }),
      NAMES,
    ),
  ),
  ...retryPatterns(
    (pattern) =>
      ({ jobFunctions }: Settings) =>
        jobFunctions.configure('Target.run', { retryPattern: wrong(pattern) }),
  ).map(([what, give, ...says]) => option(what, give, ...says)),
];

/** Wrong retry patterns, wherever they are given. */
export function retryPatterns<Given>(
  give: (pattern: unknown) => (given: Given) => unknown,
): [what: string, give: (given: Given) => unknown, ...says: string[]][] {
  const shape = 'retryPattern must be an object of attempts and seconds';
  const seconds =
    "must be whole seconds from 0 to 3155760000, a duration of whole seconds such as '10 min', or a pair [min, max] of them with min ≤ max";
  const wrongOnes: [unknown, ...string[]][] = [
    ['10', shape, "not '10'"],
    [10, shape, 'not 10'],
    [[10, 20], shape, 'not [ 10, 20 ]'],
    [new Map([[1, 10]]), shape],
    [{}, 'retryPattern is empty'],
    [{ '-1': 10 }, 'a key is the number of attempts', "'-1'"],
    [{ '01': 10 }, 'a key is the number of attempts', "'01'"],
    [{ '1.5': 10 }, 'a key is the number of attempts', "'1.5'"],
    [{ first: 10 }, 'a key is the number of attempts', "'first'"],
    [{ constructor: 10 }, 'a key is the number of attempts', "'constructor'"],
    [JSON.parse('{"__proto__":10}'), 'a key is the number of attempts', "'__proto__'"],
    [{ 1: -1 }, seconds, 'not -1'],
    [{ 1: 1.5 }, seconds, 'not 1.5'],
    [{ 1: NaN }, seconds, 'not NaN'],
    [{ 1: Infinity }, seconds, 'not Infinity'],
    [{ 1: '10' }, seconds, "not '10'"],
    [{ 1: '1.5 s' }, seconds, "not '1.5 s'"],
    [{ 1: '-1 s' }, seconds, "not '-1 s'"],
    [{ 1: ['1 min', '30 s'] }, seconds],
    [{ 1: null }, seconds, 'not null'],
    [{ 1: 1e18 }, seconds, 'not 1000000000000000000'],
    [{ 1: [20, 10] }, seconds, 'not [ 20, 10 ]'],
    [{ 1: [10] }, seconds, 'not [ 10 ]'],
    [{ 1: [10, 20, 30] }, seconds, 'not [ 10, 20, 30 ]'],
    [{ 1: nested(10_000) }, seconds, 'not { value:'],
  ];
  return wrongOnes.map(([pattern, ...says]) => ['a retry pattern', give(pattern), ...says]);
}
