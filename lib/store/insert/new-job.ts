import type { OnDuplicate } from '../../job/key-rules.js';
import type { OnParentFailed } from '../../job/on-parent-failed.js';

/** A job as it is inserted. */
export interface NewJob {
  readonly uuid: string;
  readonly name: string;
  readonly channel: string;
  readonly priority: number;
  readonly maxRetries: number;
  /** JSON text. */
  readonly args: string;
  readonly description: string;
  readonly identityKey: string | null;
  readonly identityUntilDone: boolean;
  /** What a call does where its key is taken by a job that waits. */
  readonly onDuplicate: OnDuplicate;
  /** Seconds after the first call; null for no limit. */
  readonly maxWait: number | null;
  /** For how many seconds the key counts from the call that stored the job; null where the job itself decides. */
  readonly keyWindow: number | null;
  /** The job takes its key; false where it goes in although another one has it. */
  readonly locksKey: boolean;
  /** JSON text; null for none. */
  readonly tags: string | null;
  /** Seconds from now by the database's clock; null where `etaAt` is given, or none. */
  readonly etaIn: number | null;
  readonly etaAt: Date | null;
  /** As of the eta, when the job must have begun. */
  readonly startBeforeIn: number | null;
  readonly startBeforeAt: Date | null;
  /** Of a job that waits for its parents; null, as `'wait'`. */
  readonly onParentFailed: OnParentFailed | null;
  readonly userId: string | null;
  /** JSON text. */
  readonly context: string | null;
  /** Where the call was made: a W3C traceparent. */
  readonly trace: string | null;
  readonly graphUuid: string | null;
  readonly batchUuid: string | null;
  readonly hasChildren: boolean;
  /** The job waits for its parents. */
  readonly waits: boolean;
}

/** What the database gave a job that was stored. */
export interface StoredJob {
  readonly uuid: string;
  readonly seq: number;
  readonly dateCreated: Date;
  readonly eta: Date | null;
  /** Milliseconds until the eta, by the database's clock. */
  readonly dueIn: number | null;
}
