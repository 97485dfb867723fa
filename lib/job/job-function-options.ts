import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import { type IdentityKey, type IdentityScope, readIdentityKey } from './identity-key.js';
import {
  checkMaxWait,
  checkOnDuplicate,
  type OnDuplicate,
  readIdentityScope,
  type ValidIdentityScope,
} from './key-rules.js';
import { ON_PARENT_FAILED, type OnParentFailed } from './on-parent-failed.js';
import { readDefaultStartBefore } from './start-before.js';
import { checkTags } from './tags.js';
import { checkSchemaOption, type InputSchema } from './input-schema.js';
import { checkProperties, type Checks } from '../common/check-properties.js';
import {
  checkBoolean,
  checkDescription,
  checkMaxRetries,
  checkName,
  checkOneOf,
  checkPriority,
  wrongValue,
} from '../common/option-checks.js';
import type { RetryOn } from './outcome.js';
import { type RetryPattern, type SecondsPattern, validateRetryPattern } from './retry-pattern.js';
import { toError } from '../common/to-error.js';

/** A text, or a function that makes one of the arguments of the call. */
export type JobDescription = string | ((...args: never[]) => string);

/** The path of a channel, or a function that makes one of the arguments of the call. */
export type JobChannel = string | ((...args: never[]) => string);

/** What is done where an entity among the arguments no longer exists. */
export type MissingRecord = 'throw' | 'null';

/**
 * What `@Job()` takes. All of it can be left out.
 *
 * @example
 * ```ts
 * @Job({ defaultChannel: 'erp', retryPattern: { 1: 10, 5: [60, 120] }, timeout: '2 min' })
 * async exportOne(product: Product): Promise<void> {}
 * ```
 */
export interface JobFunctionOptions {
  /** The name under which the job is stored, 255 characters at most. Default: `Provider.method`. */
  readonly name?: string | undefined;
  /**
   * The path of its channel, with or without `root.` before it; a function gets the arguments of the call, and so gives each
   * tenant a channel. Default: `root`.
   */
  readonly defaultChannel?: JobChannel | undefined;
  /** Seconds or durations until the next attempt, by attempts made, or `exponential({ … })`. Default: 600 s after each. */
  readonly retryPattern?: RetryPattern | undefined;
  /** A whole number, smaller first, 0 the highest. Default: 10. */
  readonly priority?: number | undefined;
  /** The number of attempts; 0 is without end. Default: 5. */
  readonly maxRetries?: number | undefined;
  /** For people to read; a function gets the arguments of the call. Default: `Provider.method`. */
  readonly description?: JobDescription | undefined;
  /** While a job with this key waits, a second call stores nothing. A string, or a function of the job. */
  readonly identityKey?: IdentityKey | undefined;
  /**
   * How long a job counts for its key: while it waits, until it is done, or for a window from the first call, such as
   * `{ window: '5 min' }`. Default: `'waiting'`.
   */
  readonly identityScope?: IdentityScope | undefined;
  /**
   * What a second call with the key does while the first job waits. `'keep'`: nothing, it returns that job. `'replace'`:
   * that job gets the arguments and properties of the second call. `'debounce'`: as `'replace'`, and the job starts `eta`
   * after the newest call. Default: `'keep'`.
   */
  readonly onDuplicate?: OnDuplicate | undefined;
  /** With `'debounce'`: how long after the first call the job starts at the latest. Seconds, or a duration. Default: without limit. */
  readonly maxWait?: number | string | undefined;
  /** Words to find its jobs by: 20 at most, of 1 to 100 characters each. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** A job that has not begun by then is `cancelled`: seconds from the call, or a duration. Default: without limit. */
  readonly startBefore?: number | string | undefined;
  /** In a graph: what a parent that fails for good means for the job. Default: `'wait'`. */
  readonly onParentFailed?: OnParentFailed | undefined;
  /** How long an attempt may last: milliseconds above 0, or a duration, about 24.8 days at most. Default: without limit. */
  readonly timeout?: number | string | undefined;
  /** Runs the method in one transaction, with the end of the job in it. Default: false. */
  readonly transactional?: boolean | undefined;
  /** Which errors are retried: `RetryableJobError` alone, any, or as a function says. Default: `'retryable'`. */
  readonly retryOn?: RetryOn | undefined;
  /** Whether an entity that is gone fails the attempt (`RecordGoneError`) or is passed as `null`. Default: `'throw'`. */
  readonly missing?: MissingRecord | undefined;
  /**
   * The job function that is called with a {@link FailedJob} when this job fails for good: the name of a method of the same
   * provider, or `'Provider.method'`. Checked at start. Default: `defaults.onFailed` of the module.
   */
  readonly onFailed?: string | undefined;
  /**
   * The schema of the first argument, or a list with that of each: of zod, valibot, arktype or any library that follows
   * Standard Schema. Arguments are checked at the call, and before each attempt, whose method gets what the schema makes of
   * them. Default: none.
   */
  readonly schema?: InputSchema | undefined;
  /**
   * Whether a call outside of a transaction is refused with `TransactionRequiredError`. Default: `requireTransaction` of
   * the module, or false.
   */
  readonly requireTransaction?: boolean | undefined;
  /**
   * Whether the dashboard may add schedules that call the method, with arguments that a person writes. Give it a `schema`
   * too, which these are checked by. `ScheduleService.upsert()` does not need it. Default: false.
   */
  readonly schedulable?: boolean | undefined;
}

/** {@link JobFunctionOptions} after the checks: only what was given, the timeout in milliseconds. */
export interface ValidJobFunctionOptions {
  readonly name?: string;
  readonly defaultChannel?: JobChannel;
  readonly retryPattern?: SecondsPattern;
  readonly priority?: number;
  readonly maxRetries?: number;
  readonly description?: JobDescription;
  readonly identityKey?: IdentityKey;
  readonly identityScope?: ValidIdentityScope;
  readonly onDuplicate?: OnDuplicate;
  /** Seconds. */
  readonly maxWait?: number;
  readonly tags?: readonly string[];
  /** Seconds. */
  readonly startBefore?: number;
  readonly onParentFailed?: OnParentFailed;
  readonly timeout?: number;
  readonly transactional?: boolean;
  readonly retryOn?: RetryOn;
  readonly missing?: MissingRecord;
  readonly onFailed?: string;
  readonly schema?: InputSchema;
  readonly requireTransaction?: boolean;
  readonly schedulable?: boolean;
}

const CHECKS: Checks<ValidJobFunctionOptions> = {
  name: (value) => checkName('name', value),
  defaultChannel: (value) =>
    typeof value === 'function' ? (value as JobChannel) : checkName('defaultChannel', value),
  retryPattern: validateRetryPattern,
  priority: checkPriority,
  maxRetries: checkMaxRetries,
  description: (value) => (typeof value === 'function' ? (value as JobDescription) : checkDescription(value)),
  identityKey: readIdentityKey,
  identityScope: readIdentityScope,
  onDuplicate: checkOnDuplicate,
  maxWait: checkMaxWait,
  tags: (value) => checkTags('tags', value),
  startBefore: readDefaultStartBefore,
  onParentFailed: (value) => checkOneOf('onParentFailed', ON_PARENT_FAILED, value),
  timeout: checkTimeout,
  transactional: (value) => checkBoolean('transactional', value),
  retryOn: checkRetryOn,
  missing: (value) => checkOneOf('missing', ['throw', 'null'], value),
  onFailed: (value) => checkName('onFailed', value),
  schema: checkSchemaOption,
  requireTransaction: (value) => checkBoolean('requireTransaction', value),
  schedulable: (value) => checkBoolean('schedulable', value),
};

/**
 * Checks what `@Job()` was given, when the decorator runs. Properties that are `undefined` count as not given.
 *
 * @param where - the method, such as `ExportService.exportOne`, which the error begins with
 * @returns a frozen copy
 * @throws InvalidJobOptionError that names the method, the property, the value and what is allowed
 * @example
 * ```ts
 * validateJobFunctionOptions({ timeout: '2 min' }, 'ExportService.exportOne'); // { timeout: 120000 }
 * ```
 */
export function validateJobFunctionOptions(
  options: JobFunctionOptions | undefined,
  where: string,
): ValidJobFunctionOptions {
  return Object.freeze(named(where, () => checkProperties(options, CHECKS)));
}

/**
 * The description of one call: the text, or what the function makes of the arguments.
 *
 * @param where - the method, for the error
 * @throws InvalidJobOptionError where the function throws, or gives no text of 1 to 1,000 characters
 * @example
 * ```ts
 * resolveDescription((id: number) => `Export ${id}`, [42], 'ExportService.exportOne'); // 'Export 42'
 * ```
 */
export function resolveDescription(
  description: JobDescription,
  args: readonly unknown[],
  where: string,
): string {
  if (typeof description === 'string') return description;
  const made = madeBy('description', description, args, where);
  return named(where, () => checkDescription(made));
}

/**
 * The channel of one call, as its function makes it of the arguments; its name is checked by the caller.
 *
 * @param where - the method, for the error
 * @throws InvalidJobOptionError if the function throws, or returns anything but a text, a promise for instance
 */
export function resolveChannel(
  channel: (...args: never[]) => string,
  args: readonly unknown[],
  where: string,
): string {
  const made = madeBy('defaultChannel', channel, args, where);
  if (typeof made === 'string') return made;
  // Its rejection is nobody's.
  if (made instanceof Promise) made.catch(() => undefined);
  throw new InvalidJobOptionError(
    `${where}: ${wrongValue('the function for defaultChannel', 'a function that returns the path of a channel at once, such as "tenants.acme"', made).message}`,
  );
}

function madeBy(
  property: string,
  make: (...args: never[]) => string,
  args: readonly unknown[],
  where: string,
): unknown {
  try {
    return Reflect.apply(make, undefined, args);
  } catch (error) {
    const message = `${where}: the function for ${property} threw: ${toError(error).message}`;
    throw new InvalidJobOptionError(message, { cause: error });
  }
}

/** A RetryOn as an option of a job or of the module gives it. */
export function checkRetryOn(value: unknown): RetryOn {
  if (value === 'retryable' || value === 'any') return value;
  if (typeof value === 'function') return value as RetryOn;
  throw wrongValue('retryOn', `'retryable', 'any' or a function (error, job) => boolean`, value);
}

function checkTimeout(value: unknown): number {
  // parseMilliseconds checks what it is given.
  const millis = parseMilliseconds('timeout', value as number, MAX_TIMER_MS);
  if (millis > 0) return millis;
  throw wrongValue('timeout', 'above 0; leave it out for no limit', value);
}

function named<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof InvalidJobOptionError
      ? new InvalidJobOptionError(`${where}: ${error.message}`)
      : error;
  }
}
