import type { SecondsPattern } from '../../job/retry-pattern.js';
import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** What was changed at run time of a job function; null leaves what the decorator says. */
export interface FunctionOverride {
  readonly channel: string | null;
  readonly retryPattern: SecondsPattern | null;
}

/** The changes of job functions, over all nodes. */
export class FunctionStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  async list(): Promise<Map<string, FunctionOverride>> {
    const rows = await this.database.query(
      `SELECT name, channel, retry_pattern FROM ${this.tables.jobFunction}`,
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

  async remove(name: string): Promise<void> {
    await this.database.query(`DELETE FROM ${this.tables.jobFunction} WHERE name = $1`, [name]);
  }
}
