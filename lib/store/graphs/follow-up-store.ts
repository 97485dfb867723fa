import type { QueueDatabase } from '../connection/database.js';
import { retryOnDeadlock } from '../connection/retry-on-deadlock.js';
import type { Tables } from '../connection/tables.js';

/** Carries out what transactions at REPEATABLE READ and SERIALIZABLE have left to be done after their commit. */
export class FollowUpStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Whether jobs may run now that could not before. */
  async run(): Promise<boolean> {
    const rows = await retryOnDeadlock(async () =>
      this.database.query(`SELECT ${this.tables.name('queue_job_follow_up_1')}() AS released`),
    );
    return rows[0]?.['released'] === true;
  }
}
