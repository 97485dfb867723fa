import {
  InvalidJobOptionError,
  Job,
  type JobFunctionOptions,
  RelatedAction,
  RelatedActionError,
} from '../../../lib/index.js';
import { type BadInput, HALF, NUL, refusedWith, wrong } from './bad-input.js';
import { retryPatterns } from './channels.js';

const option = refusedWith<void>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const related = refusedWith<void>(RelatedActionError, 'RELATED_ACTION');

/** What loading a class with this decorator does. */
function decorate(decorator: MethodDecorator): void {
  class Decorated {
    run(): void {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Decorated.prototype, 'run') as PropertyDescriptor;
  decorator(Decorated.prototype, 'run', descriptor);
}

const job = (
  property: keyof JobFunctionOptions,
  value: unknown,
  ...says: readonly string[]
): BadInput<void> =>
  option(
    `@Job({ ${property} })`,
    () => decorate(Job({ [property]: value } as JobFunctionOptions)),
    'Decorated.run: ',
    property,
    ...says,
  );

const WHOLE = 'a whole number from 0 to 2147483647';

export const decorators: readonly BadInput<void>[] = [
  ...[null, 'name', 5, []].map((value) =>
    option(
      '@Job(no object)',
      () => decorate(Job(wrong(value) as JobFunctionOptions)),
      'Decorated.run: The options must be an object, not ',
    ),
  ),
  ...['', ' a', 'x'.repeat(256), NUL, HALF, 5, null].flatMap((value) => [
    job('name', value, 'a string of 1 to 255 characters', 'not '),
    job('defaultChannel', value, 'a string of 1 to 255 characters', 'not '),
  ]),
  ...[-1, 1.5, NaN, '5', null, 2_147_483_648].flatMap((value) => [
    job('priority', value, WHOLE, 'not '),
    job('maxRetries', value, WHOLE, 'not '),
  ]),
  ...['', ' ', NUL, HALF, 5, null].map((value) =>
    job('description', value, 'a string of 1 to 1000 characters'),
  ),
  ...['', NUL, HALF, 5, null, {}].map((value) =>
    job('identityKey', value, 'a string of 1 to 255 characters'),
  ),
  ...['always', 5, null].map((value) => job('identityScope', value, "'waiting' or 'until_done'", 'not ')),
  job('identityScope', { window: 0 }, 'identityScope.window must be'),
  ...['drop', 5, null].map((value) => job('onDuplicate', value, "'keep' or 'replace' or 'debounce'", 'not ')),
  ...[0, 'long', null].map((value) => job('maxWait', value, 'maxWait must be', 'not ')),
  ...['a', null, 5, {}, ['']].map((value) => job('tags', value, 'a list of at most 20 tags', 'not ')),
  ...[-1, 'long', null, {}].map((value) => job('startBefore', value, 'must be seconds from now', 'not ')),
  job('startBefore', 0, 'must be in the future'),
  job('startBefore', new Date('2100-01-01'), 'which count from each call'),
  ...['fail', null, 5].map((value) => job('onParentFailed', value, "'wait' or 'cancel' or 'run'", 'not ')),
  ...[0, -1, NaN, '5', 'long', null, {}, 2_147_483_648, '30 days'].map((value) =>
    job('timeout', value, 'not '),
  ),
  ...['yes', 1, null].flatMap((value) => [
    job('transactional', value, 'true or false', 'not '),
    job('schedulable', value, 'true or false', 'not '),
  ]),
  ...['all', true, null, {}].map((value) =>
    job('retryOn', value, "'retryable', 'any' or a function", 'not '),
  ),
  ...['', ' a', 'x'.repeat(256), NUL, HALF, 5, null, () => undefined].map((value) =>
    job('onFailed', value, 'a string of 1 to 255 characters', 'not '),
  ),
  ...['zod', null, {}, [], [5]].map((value) =>
    job('schema', value, 'a schema that follows Standard Schema', 'not '),
  ),
  ...['yes', 1, null].map((value) => job('requireTransaction', value, 'true or false', 'not ')),
  ...['fail', null, 5].map((value) => job('missing', value, "'throw' or 'null'", 'not ')),
  ...retryPatterns<void>((pattern) => () => decorate(Job({ retryPattern: wrong(pattern) }))).map(
    ([, give, ...says]) => option('@Job({ retryPattern })', give, 'Decorated.run: ', ...says),
  ),
  option(
    '@Job({ channel })',
    () => decorate(Job(wrong({ channel: 'a' }) as JobFunctionOptions)),
    "'channel' is unknown",
    'Did you mean defaultChannel?',
  ),
  ...[null, 'open', 5, []].map((value) =>
    related(
      '@RelatedAction(no object)',
      () => decorate(RelatedAction(wrong(value))),
      'on Decorated.run: its options must be an object, not ',
    ),
  ),
  ...[5, null, {}, true].map((action) =>
    related(
      '@RelatedAction({ action })',
      () => decorate(RelatedAction({ action: wrong(action) })),
      'action must be the name of a method or a function, not ',
    ),
  ),
  ...[null, 'tab', 5, []].map((kwargs) =>
    related(
      '@RelatedAction({ kwargs })',
      () => decorate(RelatedAction({ kwargs: wrong(kwargs) })),
      'kwargs must be an object, not ',
    ),
  ),
  related(
    '@RelatedAction({ method })',
    () => decorate(RelatedAction(wrong({ method: 'open' }))),
    "the property 'method' is unknown",
    'action, kwargs',
  ),
];
