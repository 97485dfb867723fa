import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import type { FailureKey } from './failure-store.js';

/** Who has muted a group of failures. */
export interface Mute extends FailureKey {
  readonly actor: string;
  readonly date: Date;
  /** Null: until somebody unmutes it. */
  readonly until: Date | null;
}

/** Groups of failures that somebody knows of. */
export class MuteStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Those whose time has not passed. */
  async list(): Promise<Mute[]> {
    const rows = await this.database.query(
      `SELECT name, fingerprint, muted_by, date_muted, until FROM ${this.tables.mute}
       WHERE until IS NULL OR until > clock_timestamp()`,
    );
    return rows.map((row) => ({
      name: row['name'] as string,
      fingerprint: row['fingerprint'] as string,
      actor: row['muted_by'] as string,
      date: row['date_muted'] as Date,
      until: row['until'] as Date | null,
    }));
  }

  /** @param hours - null: until somebody unmutes it */
  async mute({ name, fingerprint }: FailureKey, actor: string, hours: number | null): Promise<void> {
    await this.database.query(
      `WITH old AS (DELETE FROM ${this.tables.mute} WHERE until <= clock_timestamp())
       INSERT INTO ${this.tables.mute} (name, fingerprint, muted_by, until)
       VALUES ($1, $2, $3, clock_timestamp() + $4::float8 * interval '1 hour')
       ON CONFLICT (name, fingerprint) DO UPDATE SET muted_by = excluded.muted_by, date_muted = excluded.date_muted, until = excluded.until`,
      [name, fingerprint, actor, hours],
    );
  }

  async unmute({ name, fingerprint }: FailureKey): Promise<void> {
    await this.database.query(`DELETE FROM ${this.tables.mute} WHERE name = $1 AND fingerprint = $2`, [
      name,
      fingerprint,
    ]);
  }
}
