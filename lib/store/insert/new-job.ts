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
  /** The job takes its key; false where it goes in although another one has it. */
  readonly locksKey: boolean;
  /** Seconds from now by the database's clock; null where `etaAt` is given, or none. */
  readonly etaIn: number | null;
  readonly etaAt: Date | null;
  readonly userId: string | null;
  /** JSON text. */
  readonly context: string | null;
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
