import type { Row, Statement } from '../connection/database.js';
import type { NewJob, StoredJob } from './new-job.js';

/** A statement that puts jobs into the table: any number of them, with one notification for the others. */
export interface JobInsert {
  /** @param notification - a notification for the others, to send with the commit */
  statementFor(notification: string | null): Statement;
  valuesOf(jobs: readonly NewJob[], notification: string | null): unknown[];
  /** Those that were stored. */
  storedOf(rows: readonly Row[], jobs: readonly NewJob[]): StoredJob[];
}
