import type { JobState } from '../../job/job-state.js';
import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** A job that is to be explained; times in milliseconds since 1970. */
export interface ExplainedRow {
  readonly uuid: string;
  readonly name: string;
  readonly state: JobState;
  /** Null where it has ended. */
  readonly phase: number | null;
  readonly channel: string;
  readonly retry: number;
  readonly maxRetries: number;
  readonly node: number | null;
  readonly eta: number | null;
  readonly enqueued: number | null;
  readonly started: number | null;
  readonly ended: number | null;
  readonly excName: string | null;
  readonly excMessage: string | null;
  /** A living node knows its name. */
  readonly known: boolean;
  /** A living node knows its name and serves its channel, and the job function isn't paused. */
  readonly served: boolean;
  readonly functionPaused?: { readonly by: string | null; readonly since: number } | null;
}

/** What a channel that limits something allows at the moment. */
export interface ChannelRoom {
  readonly capacity: number | null;
  /** Permits that are out. */
  readonly out: number;
  readonly paused: boolean;
  readonly sequential: boolean;
  readonly throttle: number | null;
  /** Where it is still to come, in milliseconds since 1970. */
  readonly nextStart: number | null;
  /** Until when a job holds it, if that is still to come, and which. */
  readonly heldUntil: number | null;
  readonly heldBy: string | null;
  /** `taken`: starts that count now; `seconds`: until one of them no longer does. */
  readonly rate: {
    readonly limit: number;
    readonly per: number;
    readonly taken: number;
    readonly seconds: number;
  } | null;
  /** Where it goes strictly in order: what has failed there. */
  readonly failed: { readonly uuid: string; readonly state: JobState } | null;
}

/** A job that a claim goes through. */
export interface Candidate {
  readonly uuid: string;
  readonly state: JobState;
  /** It is ready, and a living node knows and serves it. */
  readonly claimable: boolean;
  /** The channels that limit it, from the root down; null: none. */
  readonly limits: readonly string[] | null;
}

export interface WaitingForParents {
  readonly count: number;
  readonly waitsFor: readonly { readonly uuid: string; readonly state: JobState | null }[] | null;
  readonly failed: {
    readonly uuid: string;
    readonly name: string;
    readonly excName: string | null;
    readonly excMessage: string | null;
  } | null;
}

/** What `queue_job_explain` returns: see there. */
export interface ExplainFacts {
  readonly now: number;
  readonly nodes: number;
  readonly jobs: readonly ExplainedRow[];
  readonly limits: Readonly<Record<string, readonly string[]>>;
  readonly channels: Readonly<Record<string, ChannelRoom>>;
  readonly candidates: readonly Candidate[];
  readonly ahead: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly countedUpTo: number;
  readonly ended: Readonly<Record<string, number>>;
  readonly endedWithin: number;
  readonly parents: Readonly<Record<string, WaitingForParents>>;
}

/** What decides why jobs wait, of one moment and in one statement. */
export class ExplainStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  async read(uuids: readonly string[]): Promise<ExplainFacts> {
    const rows = await this.database.look(
      `SELECT ${this.tables.name('queue_job_explain_1')}($1)::text AS facts`,
      [uuids],
    );
    return JSON.parse(rows[0]?.['facts'] as string) as ExplainFacts;
  }
}
