import type { JobState } from '../../job/job-state.js';

/** Which jobs. What is left out does not matter. */
export interface JobFilter {
  readonly state?: JobState | readonly JobState[];
  /** `Provider.method`. */
  readonly name?: string;
  /** A channel, its subchannels included. */
  readonly channel?: string;
  /** Jobs that have all of these tags. */
  readonly tags?: readonly string[];
  /** Jobs that have one of these tags at least. */
  readonly anyTag?: readonly string[];
  readonly graphUuid?: string;
  /** The members of a batch. */
  readonly batchUuid?: string;
  readonly userId?: string;
  readonly uuids?: readonly string[];
  readonly priority?: number;
  /** The id of the node that has the job, or had it at its last attempt. */
  readonly node?: number;
  /** Stored then or later. */
  readonly createdFrom?: Date;
  /** Stored before. */
  readonly createdBefore?: Date;
  /** The name of the last error, such as `TypeError`. */
  readonly error?: string;
  /** Failed jobs of a name with a kind of error; an empty fingerprint is none. */
  readonly failure?: { readonly name: string; readonly fingerprint: string };
  /** A text in the description, in any case. */
  readonly text?: string;
  /** A value in the arguments: `{ path: [0, 'customer', 'id'], value: 42 }`, plain JSON. */
  readonly argument?: {
    readonly path: readonly (string | number)[];
    readonly value: unknown;
    /** Only where every step is a property or an item: the path leads into no Map, Error or other tagged value. */
    readonly plain?: boolean;
  };
}

/** Jobs of a list, the newest first. */
export interface JobListFilter extends JobFilter {
  /** Only jobs older than this one: the last of the page before. */
  readonly before?: string;
  /** 1 to 1,000. Default: 100. */
  readonly limit?: number;
}
