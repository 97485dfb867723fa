/** What becomes of ticks that were missed while no node ran. */
export type CatchUp = 'none' | 'last' | 'all';

/** When a schedule ticks, as it is stored: dates as ISO texts, times in milliseconds. */
export interface StoredTiming {
  /** A cron expression; null where `every` is given. */
  readonly cron: string | null;
  readonly every: number | null;
  readonly timeZone: string;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly maxTicks: number | null;
  readonly noOverlap: boolean;
  readonly catchUp: CatchUp;
  /** The most that a tick starts late, at random. */
  readonly jitter: number;
}

/** What the jobs of a schedule are given, where it is not as their job function says. */
export interface StoredProperties {
  readonly channel: string | null;
  readonly priority: number;
  readonly maxRetries: number;
}

/** The call that each tick stores. */
export interface StoredCall {
  /** JSON text, sealed as a draft where payloads are encrypted. */
  readonly args: string;
  readonly context: string | null;
  readonly description: string;
  readonly identityKey: string | null;
  readonly identityUntilDone: boolean;
  /** JSON text. */
  readonly tags: string | null;
  /** Seconds from its eta. */
  readonly startBeforeIn: number | null;
  readonly userId: string | null;
  /** The uuid that `args` and `context` are sealed with. */
  readonly draft: string;
  /** The channel of the job function, where neither the schedule nor a change of the function names one. */
  readonly defaultChannel: string;
}

/** What a schedule is, as its code or its last `upsert()` says. */
export interface StoredDefinition extends StoredTiming, StoredProperties {
  readonly call: StoredCall;
}

/** What was changed at run time; what is left out is as defined. */
export type StoredOverride = Partial<StoredTiming & StoredProperties>;
