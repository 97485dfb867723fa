import { jsonArray, plainArray, textArray } from '../connection/array-literal.js';
import { namedStatement, type Row, type Statement } from '../connection/database.js';
import type { JobInsert } from './job-insert.js';
import type { NewJob, StoredJob } from './new-job.js';
import { notificationText } from '../notify/notification-text.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';

/** The INSERT for jobs of every kind: an array for each column. */
export class InsertMixed implements JobInsert {
  private readonly statement: Statement;

  /** @param keys - some may have identity keys, which others may have already */
  constructor(
    private readonly tables: Tables,
    keys: keyof typeof KEYS,
  ) {
    const { name, text } = KEYS[keys];
    this.statement = namedStatement(name, text(tables));
  }

  statementFor(): Statement {
    return this.statement;
  }

  /** `unnest` fills up the arrays that are shorter, so one without any value is empty. */
  valuesOf(jobs: readonly NewJob[], notification: string | null): unknown[] {
    return [
      plainArray(jobs.map((job) => job.uuid)),
      textArray(jobs.map((job) => job.name)),
      textArray(jobs.map((job) => job.channel)),
      plainArray(jobs.map((job) => job.priority)),
      plainArray(jobs.map((job) => job.maxRetries)),
      jsonArray(jobs.map((job) => job.args)),
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
      textArray(sparse(jobs.map((job) => job.tags))),
      sparse(jobs.map((job) => job.startBeforeIn)),
      sparse(jobs.map((job) => job.startBeforeAt)),
      textArray(sparse(jobs.map((job) => (job.waits ? job.onParentFailed : null)))),
      textArray(sparse(jobs.map((job) => job.trace))),
      notification,
      this.tables.notifications,
    ];
  }

  storedOf(rows: readonly Row[]): StoredJob[] {
    return rows.map((row) => ({
      uuid: row['uuid'] as string,
      seq: row['seq'] as number,
      dateCreated: row['date_created'] as Date,
      eta: row['eta'] as Date | null,
      dueIn: row['due_in'] as number | null,
    }));
  }
}

const sparse = <T>(values: readonly (T | null)[]): readonly (T | null)[] =>
  values.every((value) => value === null) ? [] : values;

const BY_KEY = `ORDER BY g.identity_key, g.seq
  ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING`;

/** The wait for a key that stands in an open transaction is limited in the statement itself: no round trip for that. */
const LIMITED = `CROSS JOIN (SELECT set_config('lock_timeout', $26, true) AS lock_timeout) l WHERE l.lock_timeout IS NOT NULL ${BY_KEY}`;

const KEYS = {
  none: { name: 'queue_job_insert', text: (t: Tables) => insertText(t, '') },
  some: { name: 'queue_job_insert_keyed', text: (t: Tables) => insertText(t, BY_KEY) },
  limited: { name: 'queue_job_insert_limited', text: (t: Tables) => insertText(t, LIMITED) },
} as const;

/**
 * One statement for one row and for ten thousand. The rows get their numbers in the order of the calls.
 *
 * Where some have identity keys, they go in by these, so that two of these statements never wait for one another in a
 * circle. Without keys nothing can conflict: saying so spares each row the look for it (13 % of a call for 1,000).
 *
 * By the SELECT around `$1` its length is unknown to the planner: or else it would plan a call for one job again each time.
 */
const insertText = (t: Tables, order: string): string => `
INSERT INTO ${t.job} (uuid, seq, name, channel, priority, max_retries, args, description, identity_key,
  identity_until_done, identity_lock, eta, user_id, context, graph_uuid, has_children, batch_uuid, tags, start_before, on_parent_failed, trace, state, phase)
SELECT g.uuid, g.seq, g.name, g.channel, g.priority, g.max_retries, g.args, g.description, g.identity_key,
  g.identity_until_done, CASE WHEN g.locks_key THEN g.identity_key END, coalesce(g.eta_at, clock_timestamp() + g.eta_in * interval '1 second'),
  g.user_id, g.context, g.graph_uuid, g.has_children, g.batch_uuid, g.tags,
  coalesce(g.start_before_at, clock_timestamp() + g.start_before_in * interval '1 second'), g.on_parent_failed, g.trace,
  CASE WHEN g.waits THEN 'wait_dependencies' ELSE 'pending' END,
  CASE WHEN g.waits THEN ${Phase.parents}
    WHEN g.eta_at > clock_timestamp() OR g.eta_at IS NULL AND g.eta_in > 0 THEN ${Phase.eta} ELSE ${Phase.ready} END
FROM (
  -- (A list with a number to be drawn is worked out before it is ordered.)
  SELECT u.*, nextval(${t.literal('queue_job_seq_seq')}) AS seq
  FROM unnest((SELECT $1::uuid[]), $2::text[], $3::text[], $4::int[], $5::int[], $6::json[], $7::text[], $8::text[], $9::bool[],
    $10::bool[], $11::float8[], $12::timestamptz[], $13::text[], $14::json[], $15::uuid[], $16::bool[], $17::bool[], $18::uuid[],
    $19::jsonb[], $20::float8[], $21::timestamptz[], $22::text[], $23::text[])
    AS u (uuid, name, channel, priority, max_retries, args, description, identity_key, identity_until_done,
      locks_key, eta_in, eta_at, user_id, context, graph_uuid, has_children, waits, batch_uuid,
      tags, start_before_in, start_before_at, on_parent_failed, trace)
) g ${order}
RETURNING uuid, seq, date_created, eta, extract(epoch FROM eta - clock_timestamp())::float8 * 1000 AS due_in,
  ${notificationText(t, '$24', '$25')} AS notified`;
