import type { DataSource } from 'typeorm';
import type { Tables } from '../connection/tables.js';

/** What tests of an application ask of the jobs' table. */
export class TestingStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: Tables,
  ) {}

  /** Brings the etas of waiting jobs nearer, by this many milliseconds: the clock of the database can't be moved. */
  async advanceEtas(ms: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE ${this.tables.job} SET eta = eta - $1 * interval '1 millisecond'
       WHERE eta IS NOT NULL AND state IN ('pending', 'wait_dependencies')`,
      [ms],
    );
  }

  /** How many jobs are ready, or at a node. */
  async busy(): Promise<number> {
    const [row] = (await this.dataSource.query(
      `SELECT count(*)::int AS busy FROM ${this.tables.job} WHERE state IN ('enqueued', 'started')
         OR state = 'pending' AND (eta IS NULL OR eta <= clock_timestamp())`,
    )) as { busy: number }[];
    return row?.busy ?? 0;
  }
}
