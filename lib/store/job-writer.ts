import type { Query, QueueDatabase, Statement } from './database.js';
import type { NewJob, StoredJob } from './new-job.js';
import type { Tables } from './tables.js';

/** Puts jobs into the table: one statement for any number. */
export class JobWriter {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.statement = { name: 'queue_job_insert', text: insertText(tables) };
  }

  /**
   * Stores jobs, by `query` where one is given: that of a transaction. Answers with those that were stored: a job that
   * was to take an identity key which another one has is not among them.
   */
  async insert(jobs: readonly NewJob[], query?: Query): Promise<StoredJob[]> {
    const values = columns(jobs);
    const rows =
      query === undefined
        ? await this.database.run(this.statement, values)
        : await query(this.statement.text, values);
    return rows.map((row) => ({
      uuid: row['uuid'] as string,
      seq: row['seq'] as number,
      dateCreated: row['date_created'] as Date,
      eta: row['eta'] as Date | null,
      dueIn: row['due_in'] as number | null,
    }));
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

const columns = (jobs: readonly NewJob[]): unknown[] => [
  jobs.map((job) => job.uuid),
  jobs.map((job) => job.name),
  jobs.map((job) => job.channel),
  jobs.map((job) => job.priority),
  jobs.map((job) => job.maxRetries),
  jobs.map((job) => job.args),
  jobs.map((job) => job.description),
  jobs.map((job) => job.identityKey),
  jobs.map((job) => job.identityUntilDone),
  jobs.map((job) => job.locksKey),
  jobs.map((job) => job.etaIn),
  jobs.map((job) => job.etaAt),
  jobs.map((job) => job.userId),
  jobs.map((job) => job.context),
  jobs.map((job) => job.graphUuid),
  jobs.map((job) => job.hasChildren),
  jobs.map((job) => job.waits),
  jobs.map((job) => job.batchUuid),
];

/**
 * One statement for one row and for ten thousand. The rows get their numbers in the order of the calls, but go in by
 * their identity keys, so that two of these statements never wait for one another in a circle.
 */
const insertText = (t: Tables): string => `
WITH given AS MATERIALIZED (
  SELECT g.*, nextval(${t.literal('queue_job_seq_seq')}) AS seq, coalesce(g.eta_at, clock_timestamp() + g.eta_in * interval '1 second') AS eta
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::json[], $7::text[], $8::text[], $9::bool[],
    $10::bool[], $11::float8[], $12::timestamptz[], $13::text[], $14::json[], $15::uuid[], $16::bool[], $17::bool[], $18::uuid[])
    AS g (uuid, name, channel, priority, max_retries, args, description, identity_key, identity_until_done,
      locks_key, eta_in, eta_at, user_id, context, graph_uuid, has_children, waits, batch_uuid)
), stored AS (
  INSERT INTO ${t.job} (uuid, seq, name, channel, priority, max_retries, args, description, identity_key,
    identity_until_done, identity_lock, eta, user_id, context, graph_uuid, has_children, batch_uuid, state, phase)
  SELECT g.uuid, g.seq, g.name, g.channel, g.priority, g.max_retries, g.args, g.description, g.identity_key,
    g.identity_until_done, CASE WHEN g.locks_key THEN g.identity_key END, g.eta, g.user_id, g.context, g.graph_uuid, g.has_children, g.batch_uuid,
    CASE WHEN g.waits THEN 'wait_dependencies' ELSE 'pending' END,
    CASE WHEN g.waits THEN 0 WHEN g.eta > clock_timestamp() THEN 1 ELSE 2 END
  FROM given g ORDER BY g.identity_key, g.seq
  ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING
  RETURNING uuid, seq, date_created, eta, extract(epoch FROM eta - clock_timestamp())::float8 * 1000 AS due_in
)
SELECT * FROM stored`;
