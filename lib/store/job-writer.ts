import type { EntityManager } from 'typeorm';
import { type Query, type QueueDatabase, queryOf, type Statement } from './database.js';
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
   * Stores jobs, in the transaction of `manager` where one is given. Answers with those that were stored: a job
   * whose identity key another one has is not among them.
   */
  async insert(jobs: readonly NewJob[], manager?: EntityManager): Promise<StoredJob[]> {
    const values = columns(jobs);
    const rows =
      manager === undefined
        ? await this.database.run(this.statement, values)
        : await queryOf(manager)(this.statement.text, values);
    return rows.map((row) => ({
      uuid: row['uuid'] as string,
      seq: row['seq'] as number,
      dateCreated: row['date_created'] as Date,
      eta: row['eta'] as Date | null,
      dueIn: row['due_in'] as number | null,
    }));
  }

  /** The uuid of the job that has an identity key now. */
  async holderOf(identityKey: string, manager?: EntityManager): Promise<string | null> {
    const text = `SELECT uuid FROM ${this.tables.job} WHERE identity_lock = $1`;
    const query: Query =
      manager === undefined ? (...asked) => this.database.query(...asked) : queryOf(manager);
    const rows = await query(text, [identityKey]);
    return (rows[0]?.['uuid'] as string | undefined) ?? null;
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
  jobs.map((job) => job.etaIn),
  jobs.map((job) => job.etaAt),
  jobs.map((job) => job.userId),
  jobs.map((job) => job.context),
  jobs.map((job) => job.graphUuid),
  jobs.map((job) => job.hasChildren),
  jobs.map((job) => job.waits),
];

/**
 * One statement for one row and for ten thousand. The rows get their numbers in the order of the calls, but go in by
 * their identity keys, so that two of these statements never wait for one another in a circle.
 */
const insertText = (t: Tables): string => `
WITH given AS MATERIALIZED (
  SELECT g.*, nextval('${t.name('queue_job_seq_seq')}') AS seq, coalesce(g.eta_at, clock_timestamp() + g.eta_in * interval '1 second') AS eta
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::json[], $7::text[], $8::text[], $9::bool[],
    $10::float8[], $11::timestamptz[], $12::text[], $13::json[], $14::uuid[], $15::bool[], $16::bool[])
    AS g (uuid, name, channel, priority, max_retries, args, description, identity_key, identity_until_done,
      eta_in, eta_at, user_id, context, graph_uuid, has_children, waits)
), stored AS (
  INSERT INTO ${t.job} (uuid, seq, name, channel, priority, max_retries, args, description, identity_key,
    identity_until_done, identity_lock, eta, user_id, context, graph_uuid, has_children, state, phase)
  SELECT g.uuid, g.seq, g.name, g.channel, g.priority, g.max_retries, g.args, g.description, g.identity_key,
    g.identity_until_done, g.identity_key, g.eta, g.user_id, g.context, g.graph_uuid, g.has_children,
    CASE WHEN g.waits THEN 'wait_dependencies' ELSE 'pending' END,
    CASE WHEN g.waits THEN 0 WHEN g.eta > clock_timestamp() THEN 1 ELSE 2 END
  FROM given g ORDER BY g.identity_key, g.seq
  ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING
  RETURNING uuid, seq, date_created, eta, extract(epoch FROM eta - clock_timestamp())::float8 * 1000 AS due_in
)
SELECT * FROM stored`;
