import type { KeyDefaults, OnDuplicate, ValidIdentityScope } from './key-rules.js';

/** What a function of the application makes of the arguments of a call, so that SQL can't. */
export type MadeOfArguments = 'channel' | 'identityKey';

/**
 * What a job has whose call gives nothing, as JSON: what `@Job()` and the module's `defaults` say. `queue_job_enqueue()`
 * stores jobs by it.
 */
export interface CallDefaults {
  readonly channel?: string;
  readonly priority?: number;
  readonly maxRetries?: number;
  readonly description?: string;
  readonly identityKey?: string;
  readonly identityScope?: ValidIdentityScope;
  readonly onDuplicate?: OnDuplicate;
  /** Seconds. */
  readonly maxWait?: number;
  readonly tags?: readonly string[];
  /** Seconds. */
  readonly startBefore?: number;
  /** What the module says of keys, where the job function and the call say nothing. */
  readonly keys?: KeyDefaults;
  /** What has to be given. */
  readonly made?: readonly MadeOfArguments[];
  /** Arguments are encrypted. */
  readonly encrypts?: true;
  readonly maxPayloadBytes: number;
}
