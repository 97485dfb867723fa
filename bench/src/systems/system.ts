/** What every job of every system carries: about 150 bytes as JSON. */
export interface Payload {
  readonly order: number;
  readonly note: string;
  /** When it was handed to the system: microseconds of the machine's monotonic clock. */
  readonly sent: number;
}

/** Jobs that lie in the database before anything is measured. */
export interface Seed {
  readonly jobs: number;
  /** Shared out over these in turn. Default: the default one. */
  readonly channels?: readonly string[];
  readonly transactional?: boolean;
  /** Jobs beside these whose time comes in a year. */
  readonly future?: number;
  /** Jobs beside these that were done long ago. */
  readonly done?: number;
}

/** How a process runs jobs. */
export interface WorkRole {
  /** `nothing`: no-op jobs; `pause`: jobs that wait 5 ms; `stamp`: jobs that note how long they were under way. */
  readonly handler: 'nothing' | 'pause' | 'stamp';
  /** What the settings of the system are chosen for. */
  readonly tunedFor: 'throughput' | 'pickup';
  /** How many may run at once over all processes. */
  readonly capacity?: number;
  /** The channels of nestjs-queue-job; other systems have no such thing. */
  readonly channels?: string;
  /** How many may run at once in one process, where the system has such a setting. */
  readonly slots?: number;
  /** How many may run at once of each channel of the seed, over all processes. */
  readonly groupsOf?: number;
  readonly transactional?: boolean;
  /** Nodes of the system in this process, each with connections of its own. Default: 1. */
  readonly nodes?: number;
  /** How many schedules tick at once, as often as the system lets them. */
  readonly schedules?: number;
}

/** What one process of a system is there for. */
export interface Role {
  readonly url: string;
  readonly work?: WorkRole;
}

/** Something a system may have or not; where it has not, the table says so. */
export type Ability =
  | 'enqueue'
  | 'enqueue in a transaction'
  | 'bulk'
  | 'drain'
  | 'pickup'
  | 'capacity of one'
  | 'capacity'
  | 'tree'
  | 'many channels'
  | 'shapes'
  /** Limits for each of many groups of jobs. */
  | 'groups'
  | 'transactional jobs'
  | 'chain'
  | 'idle cost'
  | 'backlog'
  | 'future and done jobs'
  /** Many nodes, some in one process. */
  | 'fleet'
  | 'fleet heartbeats'
  /** A caller in another process gets the result of its job. */
  | 'results'
  | 'schedules'
  /** The cron of pg-boss and graphile-worker has minutes. */
  | 'schedules of every second';

/** Opens it in this process. */
export type OpenSystem = (role: Role) => Promise<System>;

export type Handler = (payload: Payload) => void | Promise<void>;

/** One system in one process, in the settings that its documentation gives for what it does here. */
export interface System {
  /** Makes the tables in an empty database. */
  prepare(): Promise<void>;
  /** Puts jobs there by the fastest means; how fast is not measured. */
  seed(seed: Seed): Promise<void>;
  enqueue?(payload: Payload): Promise<unknown>;
  /** Writes a row to the caller's table `bench_order`, and enqueues, in one transaction. */
  enqueueInTransaction?(payload: Payload): Promise<unknown>;
  enqueueMany?(payloads: readonly Payload[]): Promise<unknown>;
  /** Enqueues, and waits for the result of the job. */
  callAndWait?(payload: Payload): Promise<unknown>;
  /** Stores `payloads` as jobs each of which waits for the one before it. */
  chain?(payloads: readonly Payload[]): Promise<unknown>;
  /** Runs the schedules of the role, and answers how late the first `jobs` of theirs began, in milliseconds. */
  ticks?(jobs: number): Promise<number[]>;
  /** Begins to run jobs, as the role says. */
  work(handler: Handler): Promise<void>;
  /** Whether every job has ended, and that is written. */
  settled(): Promise<boolean>;
  close(): Promise<void>;
}
