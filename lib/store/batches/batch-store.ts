import type { BatchEvent, BatchState } from '../../job/batch-progress.js';
import type { JobState } from '../../job/job-state.js';
import type { Query, QueueDatabase, Row } from '../connection/database.js';
import type { NewJob } from '../insert/new-job.js';
import type { Tables } from '../connection/tables.js';
import { OLD_SNAPSHOT } from '../schema/v1/functions/follow-up.js';
import { batchLock } from '../schema/v1/functions/batch-lock.js';

/** A batch as it is inserted. */
export interface NewBatch {
  readonly uuid: string;
  readonly name: string;
  readonly userId: string | null;
  /** Percent; null without `onProgress`. */
  readonly progressStep: number | null;
  readonly callbacks: readonly { readonly event: BatchEvent; readonly job: NewJob }[];
}

/** A batch as read, without counting. */
export interface BatchName {
  readonly uuid: string;
  readonly name: string;
  readonly state: BatchState;
}

/** A batch as read, with its members counted. */
export interface BatchRow {
  readonly uuid: string;
  readonly name: string;
  readonly userId: string | null;
  readonly state: BatchState;
  readonly counts: Readonly<Partial<Record<JobState, number>>>;
  readonly dateCreated: Date;
  readonly dateClosed: Date | null;
  readonly dateEnded: Date | null;
}

/** Which batches to list, the newest first. What is left out does not matter. */
export interface BatchFilter {
  readonly state?: BatchState | readonly BatchState[];
  readonly name?: string;
  readonly userId?: string;
  /** Only batches older than this one: the last of the page before. */
  readonly before?: string;
  /** 1 to 1,000. Default: 100. */
  readonly limit?: number;
}

/** A batch was closed in a transaction with an old snapshot: its end is left to `queue_job_follow_up`. */
export const LEFT = -1;

/** Members that are looked at for their graphs. */
const LOOKED_AT = 5_000;

/** Of a callback, what the database makes a job of. */
const CALLBACK_PARTS = [
  'name',
  'channel',
  'priority',
  'maxRetries',
  'args',
  'description',
  'identityKey',
  'identityUntilDone',
  'tags',
  'startBeforeIn',
  'startBeforeAt',
  'etaIn',
  'etaAt',
  'userId',
  'context',
  'trace',
] as const satisfies readonly (keyof NewJob)[];

const STATE = `CASE WHEN b.date_ended IS NOT NULL THEN 'ended' WHEN b.date_closed IS NOT NULL THEN 'closed' ELSE 'open' END`;

/**
 * Batches and their counts. What ends of members mean for them, the functions of the database see to.
 *
 * @internal
 */
export class BatchStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  async insert(batch: NewBatch, query: Query): Promise<void> {
    const { uuid, name, userId, progressStep, callbacks } = batch;
    await query(
      `INSERT INTO ${this.tables.batch} (uuid, name, user_id, progress_step) VALUES ($1, $2, $3, $4)`,
      [uuid, name, userId, progressStep],
    );
    if (callbacks.length === 0) return;
    await query(
      `INSERT INTO ${this.tables.batchCallback} (batch_uuid, event, job)
       SELECT $1, * FROM unnest($2::text[], $3::json[])`,
      [
        uuid,
        callbacks.map(({ event }) => event),
        callbacks.map(({ job }) =>
          JSON.stringify(Object.fromEntries(CALLBACK_PARTS.map((part) => [part, job[part]]))),
        ),
      ],
    );
  }

  /** Whether the batch is open, and stays so until the end of this transaction; null where there is none. */
  async enter(uuid: string, query: Query): Promise<boolean | null> {
    const [entered] = await query<{ open: boolean | null; old: boolean }>(
      `SELECT ${this.tables.name('queue_job_batch_enter_1')}($1) AS open, ${OLD_SNAPSHOT} AS old`,
      [uuid],
    );
    if (entered?.old !== true) return entered?.open ?? null;
    // Its snapshot may be older than the close, or than the batch. By the lock that it has, this stays as it is.
    const [now] = await this.database.query<{ open: boolean }>(
      `SELECT date_closed IS NULL AS open FROM ${this.tables.batch} WHERE uuid = $1`,
      [uuid],
    );
    return now?.open === false ? false : (entered.open ?? now?.open ?? null);
  }

  /** From here to the end of the transaction nobody adds to the batch; waits for transactions that have added. */
  async lock(uuid: string, query: Query): Promise<void> {
    await query(`SELECT pg_advisory_xact_lock(${batchLock(this.tables, '$1')})`, [uuid]);
  }

  /** The number of callback jobs that this has stored, or {@link LEFT}; null where there is no such open batch. */
  async close(uuid: string, query: Query): Promise<number | null> {
    const rows = await query<{ fired: number | null }>(
      `SELECT ${this.tables.name('queue_job_batch_close_1')}($1) AS fired`,
      [uuid],
    );
    return rows[0]?.fired ?? null;
  }

  /** With their members counted, all in one snapshot. */
  async find(uuids: readonly string[], query?: Query): Promise<BatchRow[]> {
    return this.read('b.uuid = ANY($1)', 'NULL', [uuids], query);
  }

  async list(filter: BatchFilter): Promise<BatchRow[]> {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const where: string[] = ['true'];
    if (filter.state !== undefined) where.push(`${STATE} = ANY(${bind([filter.state].flat())})`);
    if (filter.name !== undefined) where.push(`b.name = ${bind(filter.name)}`);
    if (filter.userId !== undefined) where.push(`b.user_id = ${bind(filter.userId)}`);
    if (filter.before !== undefined) where.push(`b.uuid < ${bind(filter.before)}`);
    return this.read(where.join(' AND '), bind(filter.limit ?? 100), values);
  }

  /** Names and states of those that are there, without counting. */
  async names(uuids: readonly string[], query?: Query): Promise<BatchName[]> {
    const ask: Query = query ?? ((...call) => this.database.query(...call));
    return ask(
      `SELECT b.uuid, b.name, ${STATE} AS state FROM ${this.tables.batch} b WHERE b.uuid = ANY($1)`,
      [uuids],
    );
  }

  /** Some of the graphs that its members belong to. */
  async graphs(uuid: string, limit: number): Promise<string[]> {
    const t = this.tables;
    const members = (table: string): string =>
      `(SELECT m.graph_uuid FROM ${table} m WHERE m.batch_uuid = $1 AND m.graph_uuid IS NOT NULL LIMIT ${LOOKED_AT})`;
    const rows = await this.database.look(
      `SELECT DISTINCT g.graph_uuid FROM (${members(t.job)} UNION ALL ${members(t.history)}) g ORDER BY 1 LIMIT $2`,
      [uuid, limit],
    );
    return rows.map((row) => row['graph_uuid'] as string);
  }

  /** Cancels the members that have not ended, and closes; `node` is the one that has the job, and is asked to end it. */
  async cancel(uuid: string, by: string, query: Query): Promise<{ uuid: string; node: number | null }[]> {
    return query(`SELECT uuid, node FROM ${this.tables.name('queue_job_batch_cancel_1')}($1, $2)`, [
      uuid,
      by,
    ]);
  }

  /** Removes batches that ended long ago and have no member left. */
  async prune(interval: number | null): Promise<void> {
    const t = this.tables;
    await this.database.query(
      `WITH gone AS (
         DELETE FROM ${t.batch} b
         WHERE b.date_ended < clock_timestamp() - $1::float8 * interval '1 millisecond'
           AND NOT EXISTS (SELECT 1 FROM ${t.job} j WHERE j.batch_uuid = b.uuid)
           AND NOT EXISTS (SELECT 1 FROM ${t.history} h WHERE h.batch_uuid = b.uuid)
         RETURNING b.uuid
       )
       DELETE FROM ${t.batchCallback} c USING gone g WHERE c.batch_uuid = g.uuid`,
      [interval],
    );
  }

  private async read(
    where: string,
    limit: string,
    values: readonly unknown[],
    query?: Query,
  ): Promise<BatchRow[]> {
    const ask: Query = query ?? ((text, given) => this.database.look(text, given));
    const t = this.tables;
    const rows = await ask(
      `SELECT b.uuid, b.name, b.user_id, ${STATE} AS state, b.date_created, b.date_closed, b.date_ended,
         b.removed_done, b.removed_cancelled, c.counts
       FROM (SELECT * FROM ${t.batch} b WHERE ${where} ORDER BY b.uuid DESC LIMIT ${limit}) b
       LEFT JOIN LATERAL (
         SELECT json_object_agg(s.state, s.count) AS counts FROM (
           SELECT m.state, count(*) AS count FROM (
             SELECT j.state FROM ${t.job} j WHERE j.batch_uuid = b.uuid
             UNION ALL SELECT h.state FROM ${t.history} h WHERE h.batch_uuid = b.uuid
           ) m GROUP BY m.state
         ) s
       ) c ON true
       ORDER BY b.uuid DESC`,
      values,
    );
    return rows.map(toBatchRow);
  }
}

function toBatchRow(row: Row): BatchRow {
  const text = row['counts'] as string | null;
  const counts = (text === null ? {} : JSON.parse(text)) as Partial<Record<JobState, number>>;
  // Those that were removed long after their end still count.
  const inAll = (state: 'done' | 'cancelled'): number =>
    (counts[state] ?? 0) + Number(row[`removed_${state}`]);
  return {
    uuid: row['uuid'] as string,
    name: row['name'] as string,
    userId: row['user_id'] as string | null,
    state: row['state'] as BatchState,
    counts: { ...counts, done: inAll('done'), cancelled: inAll('cancelled') },
    dateCreated: row['date_created'] as Date,
    dateClosed: row['date_closed'] as Date | null,
    dateEnded: row['date_ended'] as Date | null,
  };
}
