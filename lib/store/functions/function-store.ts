import type { CallDefaults } from '../../job/call-defaults.js';
import type { SecondsPattern } from '../../job/retry-pattern.js';
import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** For how long, in milliseconds, PostgreSQL waits for the next statement of a change: see `ChannelStore`. */
const SILENCE_MS = 10_000;

/** What was changed at run time of a job function; null leaves what the decorator says. */
export interface FunctionOverride {
  readonly channel: string | null;
  readonly retryPattern: SecondsPattern | null;
}

/** Who has paused a job function, and when. */
export interface FunctionPause {
  /** Null where nobody said. */
  readonly by: string | null;
  readonly since: Date;
}

/** The changes of job functions, over all nodes. */
export class FunctionStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  async list(): Promise<Map<string, FunctionOverride>> {
    const rows = await this.database.query(
      `SELECT name, channel, retry_pattern FROM ${this.tables.jobFunction} WHERE channel IS NOT NULL OR retry_pattern IS NOT NULL`,
    );
    return new Map(
      rows.map((row) => [
        row['name'] as string,
        {
          channel: row['channel'] as string | null,
          retryPattern: row['retry_pattern'] as SecondsPattern | null,
        },
      ]),
    );
  }

  async save(name: string, change: FunctionOverride): Promise<void> {
    await this.database.query(
      `INSERT INTO ${this.tables.jobFunction} (name, channel, retry_pattern) VALUES ($1, $2, $3)
       ON CONFLICT (name) DO UPDATE SET channel = excluded.channel, retry_pattern = excluded.retry_pattern`,
      [name, change.channel, change.retryPattern === null ? null : JSON.stringify(change.retryPattern)],
    );
  }

  /** Takes the changes back; a pause goes on. */
  async remove(name: string): Promise<void> {
    await this.database.query(
      `UPDATE ${this.tables.jobFunction} SET channel = NULL, retry_pattern = NULL WHERE name = $1`,
      [name],
    );
  }

  /** Writes down what calls of these job functions have by default, for `queue_job_enqueue()`; mostly it is there. */
  async declare(defaults: ReadonlyMap<string, CallDefaults>): Promise<void> {
    await this.database.query(
      `INSERT INTO ${this.tables.jobFunction} AS f (name, defaults)
       SELECT d.key, d.value FROM jsonb_each($1::jsonb) d
       LEFT JOIN ${this.tables.jobFunction} k ON k.name = d.key
       WHERE k.defaults IS DISTINCT FROM d.value ORDER BY d.key
       ON CONFLICT (name) DO UPDATE SET defaults = excluded.defaults`,
      [JSON.stringify(Object.fromEntries(defaults))],
    );
  }

  /** The job functions that are paused. */
  async pauses(): Promise<Map<string, FunctionPause>> {
    const rows = await this.database.query(
      `SELECT name, paused_by, date_paused FROM ${this.tables.jobFunction} WHERE date_paused IS NOT NULL`,
    );
    return new Map(
      rows.map((row) => [
        row['name'] as string,
        { by: row['paused_by'] as string | null, since: row['date_paused'] as Date },
      ]),
    );
  }

  /**
   * Pauses a job function, or lets it go on. As a change of the channels it waits for the claims under way, and gives the
   * configuration a new version, without which no node claims. Returns that version.
   */
  async pause(name: string, paused: boolean, by: string | null): Promise<number> {
    return this.database.transaction(async (query) => {
      await query(`SET LOCAL idle_in_transaction_session_timeout = ${SILENCE_MS}`);
      await query('SELECT pg_advisory_xact_lock($1, 0)', [this.tables.lockClass]);
      await query(
        paused
          ? `INSERT INTO ${this.tables.jobFunction} AS f (name, date_paused, paused_by) VALUES ($1, clock_timestamp(), $2)
             ON CONFLICT (name) DO UPDATE SET date_paused = coalesce(f.date_paused, excluded.date_paused),
               paused_by = CASE WHEN f.date_paused IS NULL THEN excluded.paused_by ELSE f.paused_by END`
          : `UPDATE ${this.tables.jobFunction} SET date_paused = NULL, paused_by = NULL WHERE name = $1 AND $2::text IS NULL`,
        [name, by],
      );
      const rows = await query(
        `UPDATE ${this.tables.meta} SET config_version = config_version + 1 RETURNING config_version AS version`,
      );
      return Number(rows[0]?.['version']);
    });
  }
}
