import type { RoundTripInfo } from './round-trip-info.js';
import { jsonArray, plainArray } from '../connection/array-literal.js';
import { type QueueDatabase, namedStatement, type Statement } from '../connection/database.js';
import { CLAIMED_COLUMNS } from '../../job/job-columns.js';
import { byOrder, type ClaimedJob, type HeldJob, toClaimedJob } from './claimed-job.js';
import { Phase } from '../jobs/phase.js';
import type { Tables } from '../connection/tables.js';

/** An end that is not a plain success, as `queue_job_end_attempts` reads it: see there for the letters. */
export interface EndRecord {
  readonly uuid: string;
  readonly retry: number;
  readonly kind: 'started' | 'back' | 'retry' | 'failed' | 'cancelled' | 'expired';
  readonly started?: number;
  readonly ended?: number;
  readonly seconds?: number;
  readonly uncounted?: boolean;
  readonly name?: string;
  readonly message?: string;
  readonly info?: string;
  readonly fingerprint?: string;
  readonly result?: unknown;
}

/** A job that returned. */
export interface DoneRecord {
  readonly uuid: string;
  readonly retry: number;
  /** JSON text, null without a result. */
  readonly result: string | null;
  /** Milliseconds ago. */
  readonly started: number;
  readonly ended: number;
}

/** One round trip: what a node brings, and what it asks for. */
export interface RoundTrip {
  readonly node: number;
  readonly version: number;
  readonly done: readonly DoneRecord[];
  readonly ends: readonly EndRecord[];
  /** Claims of which every job has ended. */
  readonly closedClaims: readonly number[];
  /** Permits that this node no longer needs, by channel. */
  readonly free: ReadonlyMap<string, number>;
  /** The starts below channels with a rate. */
  readonly starts: readonly StartRecord[];
  /** Moves jobs whose eta has come to the ready ones. */
  readonly promote: boolean;
  /** Jobs to start at once; 0 claims nothing. */
  readonly slots: number;
  /** Jobs to prefetch beyond those, by channel; under `OTHER_CHANNELS`, those of all channels that are not listed. */
  readonly prefetch: ReadonlyMap<string, number>;
  /** The most jobs to prefetch over all channels; null is as many as the channels add up to. */
  readonly prefetchMost: number | null;
  readonly names: readonly string[];
  /** The channels that this node serves, with those below; null is all. */
  readonly only: readonly string[] | null;
  /** The number of this round trip and of its claim: one more than that of the one before. */
  readonly id: number;
  /** Where the claim begins to read, in the order of the ready index; none: at its front. */
  readonly marks: readonly LowWaterMark[];
}

/** What became of jobs below a channel with a rate since the last round trip. */
export interface StartRecord {
  readonly channel: string;
  /** Their methods were called. */
  readonly started: number;
  /** They were given back without. */
  readonly dropped: number;
  /** Milliseconds since the last of these calls. */
  readonly ago: number;
}

/** Below this number nothing of a channel and priority is ready. */
export interface LowWaterMark {
  readonly channel: string;
  readonly priority: number;
  readonly seq: number;
}

/** `released`: done, and jobs that depended on it, or callbacks of its batch, may run now. */
export type FinishOutcome = 'done' | 'released' | 'deferred' | 'cancelled' | 'fenced';

export interface RoundTripReply {
  readonly info: RoundTripInfo;
  /** In the order in which they may start. */
  readonly jobs: readonly ClaimedJob[];
}

/** The configuration that a node works by. */
export interface LimitingChannels {
  readonly version: number;
  /** The channels that limit anything. A wildcard such as `root.tenants.*` stands for all right below, but for the exceptions. */
  readonly limiting: readonly string[];
  /** Channels below a wildcard that are not as it says. */
  readonly exceptions: readonly string[];
  readonly throttled: readonly string[];
  readonly rated: readonly string[];
  /** The job functions that are paused. */
  readonly paused: readonly string[];
  /** The runs, of those named, that the permits count. */
  readonly counted: readonly string[];
}

/** Claim and settle in one round trip, and what a node asks to come right again. */
export class ClaimStore {
  private readonly roundTripStatement: Statement;
  private readonly throttleStatement: Statement;
  private readonly waitingStatement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.roundTripStatement = namedStatement(
      'queue_job_round_trip',
      `SELECT c.info, c.prefetched, ${CLAIMED_COLUMNS.map((column) => `c.${column}`).join(', ')}
        FROM ${tables.name('queue_job_settle_1')}($1, $18, $2, $3, $4, $5, $6, $7, $8, $9, $10, $23) s
        CROSS JOIN LATERAL ${tables.name('queue_job_claim_1')}(
          $1, $11, s.dead, s.fenced, s.released, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $24) c`,
    );
    this.waitingStatement = namedStatement(
      'queue_job_still_waiting',
      `SELECT uuid FROM ${tables.job} WHERE uuid = ANY($1) AND phase = ${Phase.ready} AND node IS NULL`,
    );
    this.throttleStatement = namedStatement(
      'queue_job_throttle',
      `UPDATE ${tables.channel} SET next_start = greatest(held_until, clock_timestamp() + throttle * interval '1 second')
        WHERE throttle IS NOT NULL AND name = ANY(ARRAY(
          SELECT name FROM ${tables.channel} WHERE name = ANY($1) ORDER BY name FOR NO KEY UPDATE))`,
    );
  }

  async roundTrip(roundTrip: RoundTrip): Promise<RoundTripReply> {
    const { done, free, prefetch } = roundTrip;
    const sentAt = performance.now();
    const rows = await this.database.roundTrip(this.roundTripStatement, [
      roundTrip.node,
      plainArray(done.map((job) => job.uuid)),
      plainArray(done.map((job) => job.retry)),
      jsonArray(done.map((job) => job.result)),
      plainArray(done.map((job) => job.started)),
      plainArray(done.map((job) => job.ended)),
      roundTrip.ends.length > 0 ? JSON.stringify(roundTrip.ends) : null,
      roundTrip.closedClaims,
      [...free.keys()],
      [...free.values()],
      roundTrip.version,
      roundTrip.promote,
      roundTrip.slots,
      [...prefetch.keys()],
      [...prefetch.values()],
      roundTrip.names,
      roundTrip.only,
      roundTrip.id,
      roundTrip.marks.map((mark) => mark.channel),
      roundTrip.marks.map((mark) => mark.priority),
      roundTrip.marks.map((mark) => mark.seq),
      done.length +
        roundTrip.ends.length +
        roundTrip.closedClaims.length +
        free.size +
        roundTrip.starts.length >
        0,
      roundTrip.starts.length > 0 ? JSON.stringify(roundTrip.starts) : null,
      roundTrip.prefetchMost,
    ]);
    const receivedAt = performance.now();
    // It comes last.
    const notified = rows.pop()?.[0] as string;
    const { at, ...info } = JSON.parse(notified) as RoundTripInfo & { readonly at?: string };
    const claim = { claim: roundTrip.id, dateEnqueued: new Date(at ?? 0), receivedAt, sentAt };
    const jobs = rows.map((row) => toClaimedJob(row, claim));
    // RETURNING has no order.
    jobs.sort(byOrder);
    return { info, jobs };
  }

  /**
   * Makes this round trip and all before it void: their answers were lost. One that is under way is waited for; one that
   * the server comes to only later does nothing any more. After that, what the node holds is what it will hold.
   */
  async voidRoundTrip(node: number, roundTrip: number): Promise<void> {
    await this.database.query(
      `WITH mine AS (SELECT id FROM ${this.tables.node} WHERE id = $1 FOR UPDATE)
       UPDATE ${this.tables.node} n SET void_round_trips = $2 FROM mine WHERE n.id = mine.id`,
      [node, roundTrip],
    );
  }

  /** A throttled job has begun just now: the next start of these channels counts from here. */
  async noteStart(channels: readonly string[]): Promise<void> {
    await this.database.run(this.throttleStatement, [channels]);
  }

  /** Tells at once that a job has started. */
  async writeStart(node: number, { uuid, retry }: { uuid: string; retry: number }): Promise<void> {
    const record: EndRecord = { uuid: uuid, retry: retry, kind: 'started', started: 0 };
    await this.database.query(`SELECT ${this.tables.name('queue_job_end_attempts_1')}($1, $2)`, [
      node,
      JSON.stringify([record]),
    ]);
  }

  /** The end of a transactional job, through the connection of its own transaction. */
  async finish(
    query: (text: string, values: unknown[]) => Promise<unknown>,
    end: { node: number; uuid: string; retry: number; result: string | null; started: number },
  ): Promise<FinishOutcome> {
    const rows = (await query(
      `SELECT ${this.tables.name('queue_job_finish_transactional_1')}($1, $2, $3, $4, $5) AS outcome`,
      [end.node, end.uuid, end.retry, end.result, end.started],
    )) as { outcome: FinishOutcome }[];
    return rows[0]?.outcome ?? 'fenced';
  }

  /** A transactional job that asked to run again later, through the connection of its own transaction. */
  async postpone(
    query: (text: string, values: unknown[]) => Promise<unknown>,
    end: { node: number; uuid: string; retry: number; seconds: number; started: number },
  ): Promise<FinishOutcome> {
    const record: EndRecord = {
      uuid: end.uuid,
      retry: end.retry,
      kind: 'retry',
      seconds: end.seconds,
      uncounted: true,
      started: end.started,
      ended: 0,
    };
    const rows = (await query(
      `SELECT CASE
         WHEN EXISTS (SELECT 1 FROM ${this.tables.job} WHERE uuid = $2 AND cancel_by IS NOT NULL) THEN 'cancelled'
         WHEN cardinality(${this.tables.name('queue_job_end_attempts_1')}($1, $3)) > 0 THEN 'fenced' ELSE 'done' END AS outcome`,
      [end.node, end.uuid, JSON.stringify([record])],
    )) as { outcome: FinishOutcome }[];
    return rows[0]?.outcome ?? 'fenced';
  }

  /** Whether the job of an attempt is still this node's, has ended as this attempt, or is neither. */
  async whereIs(node: number, uuid: string, retry: number): Promise<'mine' | 'ended' | 'gone'> {
    const rows = await this.database.query(
      `SELECT 'mine' AS place FROM ${this.tables.job} WHERE uuid = $2 AND node = $1 AND retry = $3
       UNION ALL SELECT 'ended' FROM ${this.tables.history} WHERE uuid = $2 AND node = $1 AND retry = $3`,
      [node, uuid, retry],
    );
    return (rows[0]?.['place'] as 'mine' | 'ended' | undefined) ?? 'gone';
  }

  /** Which of these jobs are ready, and no node has claimed. */
  async stillWaiting(uuids: readonly string[]): Promise<string[]> {
    const rows = await this.database.run(this.waitingStatement, [uuids]);
    return rows.map((row) => row['uuid'] as string);
  }

  /** The jobs that the database says this node has. */
  async heldJobs(node: number): Promise<HeldJob[]> {
    const rows = await this.database.query(
      `SELECT uuid, retry, claim FROM ${this.tables.name('queue_job_held_jobs_1')}($1)`,
      [node],
    );
    return rows as unknown as HeldJob[];
  }

  /** Books the node's permits again by what it runs, of which the methods of `unstarted` were not called yet, and returns the channels as they are; null: given up. */
  async resync(
    node: number,
    running: readonly string[],
    unstarted: readonly string[],
  ): Promise<LimitingChannels | null> {
    const rows = await this.database.query(
      `SELECT ${this.tables.name('queue_job_resync_1')}($1, $2, $3) AS map`,
      [node, running, unstarted],
    );
    const map = rows[0]?.['map'];
    return typeof map === 'string' ? (JSON.parse(map) as LimitingChannels) : null;
  }
}
