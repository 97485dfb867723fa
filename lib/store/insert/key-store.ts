import {
  namedStatement,
  type Query,
  type QueueDatabase,
  type Row,
  type Statement,
} from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import type { NewJob, StoredJob } from './new-job.js';

/** What became of a call whose key does more than to drop it. */
export type KeyedCall =
  | { readonly outcome: 'stored' | 'replaced'; readonly uuid: string; readonly stored: StoredJob }
  | { readonly outcome: 'kept'; readonly uuid: string; readonly holder: string }
  /** Refused, and nothing was stored of any: the key is taken under another name, or by a job that waits for its parents. */
  | {
      readonly outcome: 'other' | 'parents';
      readonly uuid: string;
      readonly holder: string;
      readonly name: string;
    };

/** Of a job, what `queue_job_call_keyed_1` reads. */
const PARTS = ['uuid', 'name', 'channel', 'priority', 'maxRetries', 'args', 'description', 'identityKey', 'onDuplicate', 'maxWait', 'keyWindow', 'tags', 'etaIn', 'etaAt', 'startBeforeIn', 'startBeforeAt', 'userId', 'context', 'trace'] as const satisfies readonly (keyof NewJob)[]; // prettier-ignore

/** Keys that do more than to drop a call: `onDuplicate`, and windows. */
export class KeyStore {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.statement = namedStatement(
      'queue_job_call_keyed',
      `SELECT given, outcome, holder, holder_name, seq, date_created, eta, due_in
       FROM ${tables.name('queue_job_call_keyed_1')}($1::json, $2, $3)`,
    );
  }

  /** In a transaction of its own; `lock_not_available` where it would have to wait for longer than these milliseconds. */
  async call(jobs: readonly NewJob[], lockTimeout: number): Promise<KeyedCall[]> {
    return read(await this.database.run(this.statement, [textOf(jobs), `${lockTimeout}ms`, false]));
  }

  /** In the transaction of `query`. @param callers - it is one of the application, and nobody knows how long it lasts */
  async callIn(jobs: readonly NewJob[], query: Query, callers: boolean): Promise<KeyedCall[]> {
    return read(await query(this.statement.text, [textOf(jobs), null, callers]));
  }

  /** The job whose window has this key now. */
  async windowOf(key: string): Promise<string | null> {
    const rows = await this.database.query(
      `SELECT job_uuid FROM ${this.tables.key} WHERE key = $1 AND until > clock_timestamp()`,
      [key],
    );
    return (rows[0]?.['job_uuid'] as string | undefined) ?? null;
  }

  /** From now on a call with this key stores a job; false where nothing had it. */
  async release(key: string): Promise<boolean> {
    const rows = await this.database.query(
      `WITH windows AS (
         UPDATE ${this.tables.key} SET until = clock_timestamp() WHERE key = $1 AND until > clock_timestamp() RETURNING 1
       ), jobs AS (
         UPDATE ${this.tables.job} SET identity_lock = NULL WHERE identity_lock = $1 RETURNING 1
       )
       SELECT EXISTS (SELECT FROM windows) OR EXISTS (SELECT FROM jobs) AS released`,
      [key],
    );
    return rows[0]?.['released'] === true;
  }

  /** Removes windows that are over. */
  async prune(): Promise<void> {
    await this.database.query(
      `DELETE FROM ${this.tables.key} WHERE key = ANY(ARRAY(
         SELECT k.key FROM ${this.tables.key} k WHERE k.until < clock_timestamp() ORDER BY k.until LIMIT 10000 FOR UPDATE SKIP LOCKED))`,
    );
  }
}

const textOf = (jobs: readonly NewJob[]): string =>
  JSON.stringify(
    jobs.map((job, place) => ({ place, ...Object.fromEntries(PARTS.map((part) => [part, job[part]])) })),
  );

function read(rows: readonly Row[]): KeyedCall[] {
  return rows.map((row) => {
    const uuid = row['given'] as string;
    const holder = row['holder'] as string;
    const outcome = row['outcome'] as KeyedCall['outcome'];
    if (outcome === 'kept') return { outcome, uuid, holder };
    if (outcome === 'other' || outcome === 'parents')
      return { outcome, uuid, holder, name: row['holder_name'] as string };
    const stored: StoredJob = {
      uuid: holder,
      seq: Number(row['seq']),
      dateCreated: row['date_created'] as Date,
      eta: row['eta'] as Date | null,
      dueIn: row['due_in'] as number | null,
    };
    return { outcome, uuid, stored };
  });
}
