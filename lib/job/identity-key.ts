import { createHash } from 'node:crypto';

import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { wrongValue } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import { isStorable, STORABLE } from '../common/storable-text.js';
import { toError } from '../common/to-error.js';

/** What a function that makes an identity key sees of the job. */
export interface IdentityJob<A extends readonly unknown[] = readonly unknown[]> {
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  /** The arguments of the call. */
  readonly args: A;
  /** The arguments as the JSON that is stored, the keys of objects sorted. */
  readonly canonicalArgs: string;
}

/** The key itself, or a function of the job that gives it. */
export type IdentityKey<A extends readonly unknown[] = readonly unknown[]> =
  string | ((job: IdentityJob<A>) => string);

/**
 * How long a job counts for its key: as long as it waits (`waiting`), up to its end (`until_done`), or for a window from
 * the call that stored it, whatever becomes of it: seconds, or a duration such as `'5 min'`, a year at most.
 */
export type IdentityScope = 'waiting' | 'until_done' | { readonly window: number | string };

const MAX_LENGTH = 255;

/**
 * The identity key of "the same call": a hash of the job's name and arguments. The order of keys in objects doesn't
 * matter.
 *
 * @returns 64 hexadecimal digits
 * @example
 * ```ts
 * queue.withDelay(this.partners, { identityKey: identityExact }).refresh(42);
 * ```
 */
export function identityExact(job: Pick<IdentityJob, 'name' | 'canonicalArgs'>): string {
  // A name never holds NUL, so no two pairs of name and arguments run into one text.
  return createHash('sha256').update(`${job.name}\0${job.canonicalArgs}`).digest('hex');
}

/**
 * The key of one job: the given one, or what the given function makes of the job.
 *
 * @returns the key, `undefined` where none was given
 * @throws InvalidJobOptionError where it isn't a string of 1 to 255 characters, or the function throws
 * @example
 * ```ts
 * resolveIdentityKey((job) => `refresh-${String(job.args[0])}`, job); // 'refresh-42'
 * ```
 */
export function resolveIdentityKey(key: IdentityKey | undefined, job: IdentityJob): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string') return checkIdentityKey('identityKey', key);
  let made: unknown;
  try {
    made = key(job);
  } catch (error) {
    throw new InvalidJobOptionError(
      `identityKey: the function threw for ${job.name}: ${toError(error).message}`,
      {
        cause: error,
      },
    );
  }
  return checkIdentityKey(`identityKey: what the function returns for ${job.name}`, made);
}

/** An identity key as an option gives it: a function is kept, and what it makes is checked when it is called. */
export function readIdentityKey(value: unknown): IdentityKey {
  if (typeof value === 'function') return value as IdentityKey;
  if (typeof value === 'string') return checkIdentityKey('identityKey', value);
  throw wrongValue('identityKey', 'a string of 1 to 255 characters, or a function that gives one', value);
}

/** A key that the database can hold whole: cut ones would make two jobs into one. */
export function checkIdentityKey(what: string, key: unknown): string {
  if (typeof key === 'string' && key !== '' && key.length <= MAX_LENGTH && isStorable(key)) return key;
  const given = typeof key === 'string' && key.length > MAX_LENGTH ? ` (${key.length} characters)` : '';
  throw new InvalidJobOptionError(
    `${what} must be a string of 1 to ${MAX_LENGTH} characters ${STORABLE}, not ${formatValue(key)}${given}.`,
  );
}
