import type { Query, QueueDatabase } from '../connection/database.js';
import { areUniform, InsertUniform } from './insert-uniform.js';
import { InsertMixed } from './insert-mixed.js';
import { InsertOne } from './insert-one.js';
import type { JobInsert } from './job-insert.js';
import type { NewJob, StoredJob } from './new-job.js';
import { inStatements } from './insert-size.js';
import type { Tables } from '../connection/tables.js';

/** What a statement stored, and whether it told the other processes. */
export interface InsertedJobs {
  readonly rows: readonly StoredJob[];
  readonly notified: boolean;
  /** A node of this process has them already. */
  readonly claimed?: boolean;
}

/** Puts jobs into the table: one statement for any number. */
export class JobWriter {
  private readonly one: JobInsert;
  private readonly uniform: JobInsert;
  private readonly mixed: JobInsert;
  private readonly keyed: JobInsert;
  private readonly limited: JobInsert;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.one = new InsertOne(tables);
    this.uniform = new InsertUniform(tables);
    this.mixed = new InsertMixed(tables, 'none');
    this.keyed = new InsertMixed(tables, 'some');
    this.limited = new InsertMixed(tables, 'limited');
  }

  /**
   * Stores jobs by `query`, in its transaction: with one INSERT, or with several where one would be too large. Answers
   * with those that were stored: a job that was to take an identity key which another one has is not among them.
   */
  async insert(jobs: readonly NewJob[], query: Query): Promise<StoredJob[]> {
    const rows: StoredJob[] = [];
    for (const part of inStatements(jobs)) {
      const insert = this.insertFor(part);
      rows.push(
        ...insert.storedOf(await query(insert.statementFor(null).text, insert.valuesOf(part, null)), part),
      );
    }
    return rows;
  }

  /** The same in a transaction of our own, which takes a notification along where `notice` is one. */
  async insertAlone(jobs: readonly NewJob[], notification: string | null): Promise<InsertedJobs> {
    if (inStatements(jobs).length > 1) {
      const rows = await this.database.transaction(async (query) => this.insert(jobs, query));
      return { rows, notified: false };
    }
    const insert = this.insertFor(jobs);
    const rows = await this.database.run(
      insert.statementFor(notification),
      insert.valuesOf(jobs, notification),
    );
    return { rows: insert.storedOf(rows, jobs), notified: rows[0]?.['notified'] === true };
  }

  /**
   * Stores jobs with identity keys in a transaction of our own, with one statement. It is refused by
   * `lock_not_available` where it would have to wait for longer than this for a key in somebody's open transaction.
   *
   * @param lockTimeout - milliseconds
   */
  async insertKeyed(jobs: readonly NewJob[], lockTimeout: number): Promise<StoredJob[]> {
    const { limited } = this;
    const values = [...limited.valuesOf(jobs, null), `${lockTimeout}ms`];
    return limited.storedOf(await this.database.run(limited.statementFor(null), values), jobs);
  }

  private insertFor(jobs: readonly NewJob[]): JobInsert {
    if (areUniform(jobs)) return jobs.length === 1 ? this.one : this.uniform;
    return jobs.some((job) => job.identityKey !== null) ? this.keyed : this.mixed;
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
    const ask: Query = query ?? ((...call) => this.database.query(...call));
    const text = `SELECT identity_lock, uuid FROM ${this.tables.job}
      WHERE identity_lock = ANY($1) AND (NOT $2 OR current_setting('transaction_isolation') = 'read committed')`;
    const rows = await ask(text, [identityKeys, now]);
    return new Map(rows.map((row) => [row['identity_lock'] as string, row['uuid'] as string]));
  }
}
