import {
  CronJob,
  type CronJobOptions,
  InvalidJobOptionError,
  InvalidScheduleError,
  type QueueService,
  ScheduleNotFoundError,
  type ScheduleService,
} from '../../../lib/index.js';
import { type BadInput, HALF, NUL, refusedWith, wrong } from './bad-input.js';
import { Target } from './jobs.js';

interface Given {
  readonly queue: QueueService;
  readonly schedules: ScheduleService;
}

const refused = refusedWith<void>(InvalidScheduleError, 'INVALID_SCHEDULE');
const called = refusedWith<Given>(InvalidScheduleError, 'INVALID_SCHEDULE');
const option = refusedWith<Given>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const unknown = refusedWith<Given>(ScheduleNotFoundError, 'SCHEDULE_NOT_FOUND');

/** What loading a class with this decorator does. */
function decorate(decorator: MethodDecorator): void {
  class Decorated {
    run(): void {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Decorated.prototype, 'run') as PropertyDescriptor;
  decorator(Decorated.prototype, 'run', descriptor);
}

const WHERE = '@CronJob on Decorated.run: ';
const NAME = 'a string of 1 to 255 characters';
const WHOLE = 'a whole number from 0 to 2147483647';

/** Wrong values of what all ways of making a schedule take, with what is said of them. */
const VALUES: readonly (readonly [property: keyof CronJobOptions, value: unknown, says: string])[] = [
  ...['Mars/Base', '', '+02:00', 5, null].map((value) => ['timeZone', value, 'The time zone '] as const),
  ...['2026-01-01', new Date(NaN), new Date(253_402_300_800_000), 5].flatMap(
    (value) =>
      [
        ['startAt', value, 'startAt must be a valid Date'],
        ['endAt', value, 'endAt must be a valid Date'],
      ] as const,
  ),
  ...[0, -1, 1.5, '3', 2_147_483_648].map(
    (value) => ['maxTicks', value, 'maxTicks must be a whole number from 1 to'] as const,
  ),
  ...['yes', 1].map((value) => ['noOverlap', value, 'noOverlap must be true or false'] as const),
  ...['some', true].map((value) => ['catchUp', value, "catchUp must be 'none' or 'last' or 'all'"] as const),
  ...[-1, 'soon', NaN, '30 days'].map((value) => ['jitter', value, 'jitter must be milliseconds'] as const),
  ...['', 'a..b', 5].map((value) => ['channel', value, ''] as const),
  ...[-1, 1.5, '5'].flatMap(
    (value) =>
      [
        ['priority', value, WHOLE],
        ['maxRetries', value, WHOLE],
      ] as const,
  ),
];

const EXPRESSIONS: readonly (readonly [expression: unknown, says: string])[] = [
  ['', 'give five or six fields'],
  ['* * *', 'has 3 fields'],
  ['61 * * * *', "'61 * * * *'"],
  ['0 9 31 2 *', 'names a day that never comes'],
  ['@reboot', "'@reboot' has an unknown nickname"],
  ['0 22-2 * * *', 'Write it as two: 22-23,0-2.'],
  [null, 'not null'],
  [5, 'not 5'],
  [{}, 'not {}'],
  [{ every: '500 ms' }, "a second at least and 100 years at most, not '500 ms'"],
  [{ every: 0 }, 'not 0'],
];

export const cronJobs: readonly BadInput<void>[] = [
  ...EXPRESSIONS.map(([expression, says]) =>
    refused('@CronJob(expression)', () => decorate(CronJob(wrong(expression))), WHERE, says),
  ),
  ...VALUES.map(([property, value, says]) =>
    refused(
      `@CronJob({ ${property} })`,
      () => decorate(CronJob('@daily', { [property]: value })),
      WHERE,
      says,
    ),
  ),
  ...['', ' a', 'x'.repeat(256), NUL, HALF, 5].map((name) =>
    refused('@CronJob({ name })', () => decorate(CronJob('@daily', { name: wrong(name) })), WHERE, NAME),
  ),
  ...['tick', {}, 5].map((args) =>
    refused(
      '@CronJob({ args })',
      () => decorate(CronJob('@daily', { args: wrong(args) })),
      WHERE,
      'args must be',
    ),
  ),
  refused(
    '@CronJob({ timezone })',
    () => decorate(CronJob('@daily', wrong({ timezone: 'UTC' }))),
    WHERE,
    'Did you mean timeZone?',
  ),
  refused('@CronJob(no object)', () => decorate(CronJob('@daily', wrong(null))), WHERE, 'must be an object'),
];

const upsert =
  (given: object, name: unknown = 'one') =>
  ({ queue, schedules }: Given) =>
    schedules.upsert(wrong(name), {
      call: queue.delayable(Target).run(),
      ...given,
    });

export const scheduleCalls: readonly BadInput<Given>[] = [
  ...['', ' a', NUL, HALF, 5, null, undefined].flatMap((name) => [
    called('upsert(name)', upsert({ cron: '@daily' }, name === undefined ? null : name), NAME),
    called('pause(name)', ({ schedules }) => schedules.pause(wrong(name)), NAME),
    called('runNow(name)', ({ schedules }) => schedules.runNow(wrong(name)), NAME),
    called('remove(name)', ({ schedules }) => schedules.remove(wrong(name)), NAME),
    called('get(name)', ({ schedules }) => schedules.get(wrong(name)), NAME),
    called('runs(name)', ({ schedules }) => schedules.runs(wrong(name)), NAME),
  ]),
  ...EXPRESSIONS.filter(([expression]) => typeof expression === 'string').map(([cron, says]) =>
    called('upsert({ cron })', upsert({ cron }), "Schedule 'one': ", says),
  ),
  ...VALUES.filter(([property]) => !['channel', 'priority', 'maxRetries'].includes(property)).map(
    ([property, value, says]) =>
      called(
        `upsert({ ${property} })`,
        upsert({ cron: '@daily', [property]: value }),
        "Schedule 'one': ",
        says,
      ),
  ),
  called(
    'upsert({ cron, every })',
    upsert({ cron: '@daily', every: '1 h' }),
    'Give either cron or every, not both.',
  ),
  called('upsert(neither)', upsert({}), 'Give either cron or every, not neither.'),
  called(
    'upsert({ priority })',
    upsert({ cron: '@daily', priority: 5 }),
    "The property 'priority' is unknown",
  ),
  ...[5, null, 'call', {}].map((call) =>
    called('upsert({ call })', upsert({ cron: '@daily', call }), 'queue.delayable(provider).method(args)'),
  ),
  called(
    'upsert(no call)',
    upsert({ cron: '@daily', call: undefined }),
    'queue.delayable(provider).method(args)',
  ),
  called(
    'upsert({ call with eta })',
    ({ queue, schedules }) =>
      schedules.upsert('one', { cron: '@daily', call: queue.delayable(Target, { eta: 5 }).run() }),
    'call has an eta',
  ),
  called(
    'upsert({ call in a graph })',
    ({ queue, schedules }) => {
      const call = queue.delayable(Target).run();
      call.onDone(queue.delayable(Target).run());
      return schedules.upsert('one', { cron: '@daily', call });
    },
    'call stands in a graph',
  ),
  ...['pause', 'resume', 'runNow', 'reset', 'remove', 'get'].map((method) =>
    unknown(
      `${method}(no such)`,
      ({ schedules }) => schedules[method as 'get']('no such'),
      "There is no schedule named 'no such'.",
    ),
  ),
  unknown(
    'configure(no such)',
    ({ schedules }) => schedules.configure('no such', { priority: 1 }),
    "There is no schedule named 'no such'.",
  ),
  ...VALUES.filter(([, value]) => value !== null).map(([property, value, says]) =>
    called(
      `configure({ ${property} })`,
      ({ schedules }) => schedules.configure('there', { [property]: value }),
      "Schedule 'there': ",
      says,
    ),
  ),
  called(
    'configure({ nonsense })',
    ({ schedules }) => schedules.configure('there', wrong({ nonsense: null })),
    "'nonsense' is unknown",
  ),
  ...[null, 5, 'cron'].map((change) =>
    option(
      'configure(no object)',
      ({ schedules }) => schedules.configure('there', wrong(change)),
      'an object',
    ),
  ),
  ...['', 5, NUL].map((by) =>
    option('pause({ by })', ({ schedules }) => schedules.pause('there', { by: wrong(by) }), 'by must be'),
  ),
  ...[0, 1_001, 1.5, '5'].flatMap((limit) => [
    called('list({ limit })', ({ schedules }) => schedules.list({ limit: wrong(limit) }), 'from 1 to 1000'),
    called('runs(limit)', ({ schedules }) => schedules.runs('there', wrong(limit)), 'from 1 to 1000'),
  ]),
  called(
    'list({ search })',
    ({ schedules }) => schedules.list({ search: wrong(5) }),
    'search must be a string',
  ),
  called('list({ after })', ({ schedules }) => schedules.list({ after: wrong(5) }), 'after must be a string'),
];
