import { plainArray, textArray } from './array-text.js';
import { type Query, type QueueDatabase, namedStatement, type Row, type Statement } from './database.js';
import type { NewJob, StoredJob } from './new-job.js';
import type { Tables } from './tables.js';

/** The second key of the advisory lock that one holds who notifies with an INSERT. */
const NOTICE_LOCK = -2;

/** What a statement stored, and whether it told the other processes. */
export interface Written {
  readonly rows: readonly StoredJob[];
  readonly told: boolean;
}

/** Puts jobs into the table: one statement for any number. */
export class JobWriter {
  private readonly statement: Statement;
  private readonly keyedStatement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.statement = namedStatement('queue_job_insert', insertText(tables, ''));
    this.keyedStatement = namedStatement('queue_job_insert_keyed', insertText(tables, BY_KEY));
  }

  /**
   * Stores jobs by `query`, in its transaction. Answers with those that were stored: a job that was to take an identity
   * key which another one has is not among them.
   */
  async insert(jobs: readonly NewJob[], query: Query): Promise<StoredJob[]> {
    return (await query(this.statementFor(jobs).text, valuesOf(jobs, null, this.tables.notifications))).map(
      toStoredJob,
    );
  }

  /** The same in a transaction of our own, which takes a notification along where `notice` is one. */
  async insertAlone(jobs: readonly NewJob[], notice: string | null): Promise<Written> {
    const rows = await this.database.run(
      this.statementFor(jobs),
      valuesOf(jobs, notice, this.tables.notifications),
    );
    return { rows: rows.map(toStoredJob), told: rows[0]?.['told'] === true };
  }

  private statementFor(jobs: readonly NewJob[]): Statement {
    return jobs.some((job) => job.identityKey !== null) ? this.keyedStatement : this.statement;
  }

  /** The uuid of the job that has an identity key now. */
  async holderOf(identityKey: string, query?: Query): Promise<string | null> {
    return (await this.holdersOf([identityKey], query)).get(identityKey) ?? null;
  }

  /**
   * The uuids of the jobs that have these identity keys now, by key. In a transaction that reads from an old snapshot,
   * one that was claimed since would seem to wait: with `now`, none is found there.
   */
  async holdersOf(
    identityKeys: readonly string[],
    query?: Query,
    { now = false } = {},
  ): Promise<Map<string, string>> {
    const ask: Query = query ?? ((...asked) => this.database.query(...asked));
    const text = `SELECT identity_lock, uuid FROM ${this.tables.job}
      WHERE identity_lock = ANY($1) AND (NOT $2 OR current_setting('transaction_isolation') = 'read committed')`;
    const rows = await ask(text, [identityKeys, now]);
    return new Map(rows.map((row) => [row['identity_lock'] as string, row['uuid'] as string]));
  }
}

const toStoredJob = (row: Row): StoredJob => ({
  uuid: row['uuid'] as string,
  seq: row['seq'] as number,
  dateCreated: row['date_created'] as Date,
  eta: row['eta'] as Date | null,
  dueIn: row['due_in'] as number | null,
});

/** An array for each column; `unnest` fills up those that are shorter, so one without any value is empty. */
const valuesOf = (jobs: readonly NewJob[], notice: string | null, channel: string): unknown[] => [
  plainArray(jobs.map((job) => job.uuid)),
  textArray(jobs.map((job) => job.name)),
  textArray(jobs.map((job) => job.channel)),
  plainArray(jobs.map((job) => job.priority)),
  plainArray(jobs.map((job) => job.maxRetries)),
  textArray(jobs.map((job) => job.args)),
  textArray(jobs.map((job) => job.description)),
  textArray(sparse(jobs.map((job) => job.identityKey))),
  plainArray(jobs.map((job) => job.identityUntilDone)),
  plainArray(jobs.map((job) => job.locksKey)),
  sparse(jobs.map((job) => job.etaIn)),
  sparse(jobs.map((job) => job.etaAt)),
  textArray(sparse(jobs.map((job) => job.userId))),
  textArray(sparse(jobs.map((job) => job.context))),
  textArray(sparse(jobs.map((job) => job.graphUuid))),
  plainArray(jobs.map((job) => job.hasChildren)),
  plainArray(jobs.map((job) => job.waits)),
  textArray(sparse(jobs.map((job) => job.batchUuid))),
  notice,
  channel,
];

const sparse = <T>(values: readonly (T | null)[]): readonly (T | null)[] =>
  values.every((value) => value === null) ? [] : values;

const BY_KEY = `ORDER BY g.identity_key, g.seq
  ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING`;

/**
 * One statement for one row and for ten thousand. The rows get their numbers in the order of the calls.
 *
 * Where some have identity keys, they go in by these, so that two of these statements never wait for one another in a
 * circle. Without keys nothing can conflict: saying so spares each row the look for it (13 % of a call for 1,000).
 *
 * By the SELECT around `$1` its length is unknown to the planner: or else it would plan a call for one job anew each time.
 * `$19` is a notification to send with the commit, on the channel `$20`. PostgreSQL lets transactions that notify commit one by one: it is left
 * out, and `told` is false, where another such statement is at its commit just now.
 */
const insertText = (t: Tables, order: string): string => `
INSERT INTO ${t.job} (uuid, seq, name, channel, priority, max_retries, args, description, identity_key,
  identity_until_done, identity_lock, eta, user_id, context, graph_uuid, has_children, batch_uuid, state, phase)
SELECT g.uuid, g.seq, g.name, g.channel, g.priority, g.max_retries, g.args, g.description, g.identity_key,
  g.identity_until_done, CASE WHEN g.locks_key THEN g.identity_key END, coalesce(g.eta_at, clock_timestamp() + g.eta_in * interval '1 second'),
  g.user_id, g.context, g.graph_uuid, g.has_children, g.batch_uuid,
  CASE WHEN g.waits THEN 'wait_dependencies' ELSE 'pending' END,
  CASE WHEN g.waits THEN 0 WHEN g.eta_at > clock_timestamp() OR g.eta_at IS NULL AND g.eta_in > 0 THEN 1 ELSE 2 END
FROM (
  -- (A list with a number to be drawn is worked out before it is ordered.)
  SELECT u.*, nextval(${t.literal('queue_job_seq_seq')}) AS seq
  FROM unnest((SELECT $1::uuid[]), $2::text[], $3::text[], $4::int[], $5::int[], $6::json[], $7::text[], $8::text[], $9::bool[],
    $10::bool[], $11::float8[], $12::timestamptz[], $13::text[], $14::json[], $15::uuid[], $16::bool[], $17::bool[], $18::uuid[])
    AS u (uuid, name, channel, priority, max_retries, args, description, identity_key, identity_until_done,
      locks_key, eta_in, eta_at, user_id, context, graph_uuid, has_children, waits, batch_uuid)
) g ${order}
RETURNING uuid, seq, date_created, eta, extract(epoch FROM eta - clock_timestamp())::float8 * 1000 AS due_in, (
  SELECT CASE WHEN $19::text IS NULL OR NOT pg_try_advisory_xact_lock(${t.lockClass}, ${NOTICE_LOCK}) THEN false
    ELSE pg_notify($20, $19)::text IS NOT NULL END
) AS told`;
