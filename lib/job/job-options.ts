import { type Eta, parseEta } from './eta.js';
import { type IdentityKey, type IdentityScope, readIdentityKey } from './identity-key.js';
import {
  checkMaxWait,
  checkOnDuplicate,
  type OnDuplicate,
  readIdentityScope,
  type ValidIdentityScope,
} from './key-rules.js';
import { ON_PARENT_FAILED, type OnParentFailed } from './on-parent-failed.js';
import { checkStartBefore, readStartBefore } from './start-before.js';
import { checkTags } from './tags.js';
import { checkProperties, type Checks } from '../common/check-properties.js';
import {
  checkBoolean,
  checkDescription,
  checkMaxRetries,
  checkName,
  checkOneOf,
  checkPriority,
} from '../common/option-checks.js';

/** The priority of a job where neither the call nor its `@Job()` gives one. */
export const DEFAULT_PRIORITY = 10;

/** The number of attempts of a job where neither the call nor its `@Job()` gives one. */
export const DEFAULT_MAX_RETRIES = 5;

/**
 * The properties of a job that can be given at the call. What is left out is as the `@Job()` of the method says.
 *
 * @example
 * ```ts
 * await queue.withDelay(this.exports, { priority: 30, eta: '5h', identityKey: identityExact }).exportOne(product);
 * ```
 */
export interface JobOptions {
  /** A whole number, smaller first, 0 the highest. Default: 10. */
  readonly priority?: number | undefined;
  /** The job starts no earlier: seconds from now, a `Date`, or a duration such as `'5h'`. Default: at once. */
  readonly eta?: number | Date | string | undefined;
  /** The number of attempts; 0 is without end. Default: 5. */
  readonly maxRetries?: number | undefined;
  /** For people to read, 1,000 characters at most. Default: `Provider.method`. */
  readonly description?: string | undefined;
  /** The path of the channel, with or without `root.` before it. Default: the channel of the method. */
  readonly channel?: string | undefined;
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
  /** Words to find the job by: 20 at most, of 1 to 100 characters each. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /**
   * A job that has not begun by then is `cancelled`, with the result `Expired`, its next attempts included: seconds from
   * now, a `Date` in the future, or a duration such as `'10 min'`. Default: it may begin at any time.
   */
  readonly startBefore?: number | Date | string | undefined;
  /** In a graph: what a parent that fails for good means for this job. Default: `'wait'`. */
  readonly onParentFailed?: OnParentFailed | undefined;
  /** Runs the job at once, here, after a round trip through the codec. Default: false. */
  readonly noDelay?: boolean | undefined;
}

/** {@link JobOptions} after the checks: only what was given, the eta read. The channel isn't normalized yet. */
export interface ValidJobOptions {
  readonly priority?: number;
  readonly eta?: Eta;
  readonly maxRetries?: number;
  readonly description?: string;
  readonly channel?: string;
  readonly identityKey?: IdentityKey;
  readonly identityScope?: ValidIdentityScope;
  readonly onDuplicate?: OnDuplicate;
  /** Seconds. */
  readonly maxWait?: number;
  readonly tags?: readonly string[];
  readonly startBefore?: Eta;
  readonly onParentFailed?: OnParentFailed;
  readonly noDelay?: boolean;
}

const CHECKS: Checks<ValidJobOptions> = {
  priority: checkPriority,
  // parseEta checks what it is given.
  eta: (value) => parseEta(value as number),
  maxRetries: checkMaxRetries,
  description: checkDescription,
  channel: (value) => checkName('channel', value),
  identityKey: readIdentityKey,
  identityScope: readIdentityScope,
  onDuplicate: checkOnDuplicate,
  maxWait: checkMaxWait,
  tags: (value) => checkTags('tags', value),
  startBefore: readStartBefore,
  onParentFailed: (value) => checkOneOf('onParentFailed', ON_PARENT_FAILED, value),
  noDelay: (value) => checkBoolean('noDelay', value),
};

/**
 * Checks the properties given at a call. Properties that are `undefined` count as not given.
 *
 * @throws InvalidJobOptionError that names the property, the value and what is allowed
 * @example
 * ```ts
 * validateJobOptions({ eta: '5h' }); // { eta: { inSeconds: 18000 } }
 * ```
 */
export function validateJobOptions(options: JobOptions | undefined): ValidJobOptions {
  const valid = checkProperties(options, CHECKS);
  if (valid.startBefore !== undefined && valid.eta !== undefined)
    checkStartBefore(valid.startBefore, valid.eta);
  return valid;
}
