import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { checkOneOf, wrongValue } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import { type Eta, readMoment } from './eta.js';

/** While which a job counts for its key; a window in seconds. */
export type ValidIdentityScope = 'waiting' | 'until_done' | { readonly window: number };

/** What a second call with a key does: see the option `onDuplicate`. */
export type OnDuplicate = 'keep' | 'replace' | 'debounce';

const ON_DUPLICATE: readonly OnDuplicate[] = ['keep', 'replace', 'debounce'];

/** More is a mistake in the unit. */
const MAX_WINDOW_SECONDS = 366 * 24 * 60 * 60;

/** How a call with a key is stored; times in seconds. */
export interface KeyRules {
  readonly onDuplicate: OnDuplicate;
  readonly maxWait: number | null;
  readonly keyWindow: number | null;
  readonly identityUntilDone: boolean;
}

/** The properties that the rules are made of, each as the call, the decorator or nobody has given it. */
export interface KeyOptions {
  readonly identityKey?: unknown;
  readonly identityScope?: ValidIdentityScope;
  readonly onDuplicate?: OnDuplicate;
  readonly maxWait?: number;
}

export const checkOnDuplicate = (value: unknown): OnDuplicate =>
  checkOneOf('onDuplicate', ON_DUPLICATE, value);

/** @throws InvalidJobOptionError where it is neither seconds above 0 nor a duration */
export function checkMaxWait(value: unknown): number {
  return secondsOf('maxWait', value);
}

/** @throws InvalidJobOptionError where it is none of the scopes, or a window that is 0 or above a year */
export function readIdentityScope(value: unknown): ValidIdentityScope {
  if (value === 'waiting' || value === 'until_done') return value;
  const isWindow =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    Object.hasOwn(value, 'window');
  if (!isWindow) {
    throw wrongValue(
      'identityScope',
      "'waiting' or 'until_done' or a window such as { window: '5 min' }",
      value,
    );
  }
  const window = secondsOf('identityScope.window', (value as { window: unknown }).window);
  if (window <= MAX_WINDOW_SECONDS) return { window };
  throw wrongValue(
    'identityScope.window',
    `a year (${MAX_WINDOW_SECONDS} seconds) at most`,
    (value as { window: unknown }).window,
  );
}

/** What the module's `defaults` say of keys. */
export type KeyDefaults = Omit<KeyOptions, 'identityKey'>;

/**
 * What a call, its `@Job()` and the module's `defaults` say together. Defaults are for jobs that have a key, and give way
 * to what the others say: `'replace'` does not touch a job with a scope of its own.
 *
 * @throws InvalidJobOptionError where the properties don't go together
 */
export function keyRulesOf(
  given: KeyOptions,
  own: KeyOptions,
  eta: Eta | undefined,
  defaults: KeyDefaults = {},
): KeyRules {
  const hasKey = (given.identityKey ?? own.identityKey) !== undefined;
  const said = {
    onDuplicate: given.onDuplicate ?? own.onDuplicate,
    scope: given.identityScope ?? own.identityScope,
  };
  const byDefault = hasKey ? defaults : {};
  const onDuplicate =
    said.onDuplicate ??
    ((said.scope ?? 'waiting') === 'waiting' ? byDefault.onDuplicate : undefined) ??
    'keep';
  const scope = said.scope ?? (onDuplicate === 'keep' ? byDefault.identityScope : undefined) ?? 'waiting';
  const maxWait =
    given.maxWait ?? (onDuplicate === 'debounce' ? (own.maxWait ?? byDefault.maxWait) : undefined);
  if (onDuplicate !== 'keep') checkReplacing(onDuplicate, scope, hasKey);
  if (onDuplicate === 'debounce') checkDebounce(eta, maxWait);
  else if (maxWait !== undefined) {
    throw new InvalidJobOptionError(
      `maxWait is the longest that a debounced job is put off, and onDuplicate is '${onDuplicate}'. Give onDuplicate: 'debounce', or leave maxWait out.`,
    );
  }
  return {
    onDuplicate,
    maxWait: maxWait ?? null,
    keyWindow: typeof scope === 'object' ? scope.window : null,
    identityUntilDone: scope === 'until_done',
  };
}

/**
 * The module's defaults, as they are given.
 *
 * @throws InvalidJobOptionError where one is wrong, or they don't go together
 */
export function readKeyDefaults(given: {
  readonly identityScope?: unknown;
  readonly onDuplicate?: unknown;
  readonly maxWait?: unknown;
}): KeyDefaults {
  const { identityScope, onDuplicate, maxWait } = given;
  const keys: KeyDefaults = {
    ...(identityScope !== undefined && { identityScope: readIdentityScope(identityScope) }),
    ...(onDuplicate !== undefined && { onDuplicate: checkOnDuplicate(onDuplicate) }),
    ...(maxWait !== undefined && { maxWait: checkMaxWait(maxWait) }),
  };
  if (keys.onDuplicate !== undefined && keys.onDuplicate !== 'keep')
    checkReplacing(keys.onDuplicate, keys.identityScope ?? 'waiting', true);
  return keys;
}

function checkReplacing(onDuplicate: OnDuplicate, scope: ValidIdentityScope, hasKey: boolean): void {
  if (!hasKey) {
    throw new InvalidJobOptionError(
      `onDuplicate: '${onDuplicate}' needs an identityKey: without one, no call is a duplicate of another.`,
    );
  }
  if (scope === 'waiting') return;
  throw new InvalidJobOptionError(
    `onDuplicate: '${onDuplicate}' changes the job that waits and stores another one once that runs, so its identityScope must be 'waiting', not ${formatValue(scope)}.`,
  );
}

function checkDebounce(eta: Eta | undefined, maxWait: number | undefined): void {
  if (eta === undefined || !('inSeconds' in eta)) {
    throw new InvalidJobOptionError(
      "onDuplicate: 'debounce' needs an eta in seconds or a duration such as '10 s': how long after the newest call the job starts.",
    );
  }
  if (maxWait === undefined || maxWait >= eta.inSeconds) return;
  throw new InvalidJobOptionError(
    `maxWait (${maxWait} s) must not be below eta (${eta.inSeconds} s): it is the longest that the newest call can put the job off.`,
  );
}

function secondsOf(property: string, value: unknown): number {
  const allowed = "seconds above 0, or a duration such as '5 min'";
  if (typeof value !== 'number' && typeof value !== 'string') throw wrongValue(property, allowed, value);
  const moment = readMoment(property, value);
  if ('inSeconds' in moment && moment.inSeconds > 0) return moment.inSeconds;
  throw wrongValue(property, allowed, value);
}
