import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import { uniformStored, uniformValues } from './insert-uniform.js';
import type { InsertedJobs } from './job-writer.js';
import type { NewJob } from './new-job.js';
import { UNIFORM_COLUMNS } from '../../job/job-columns.js';
import type { Tables } from '../connection/tables.js';

/** Jobs that were stored in the round trip of a node; where that has not taken them, they wait as any others do. */
export interface ClaimedInsert extends InsertedJobs {
  /** The number of that round trip. */
  readonly roundTrip: number;
  readonly claimed: boolean;
}

/** Stores jobs as taken by a node already. */
export class ClaimedInsertStore {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.statement = namedStatement(
      'queue_job_insert_claimed',
      `SELECT seqs, created, claimed, notified FROM ${tables.name('queue_job_insert_claimed_1')}(
        $1, $2, $3, $4, $5, $6, ${UNIFORM_COLUMNS.map((_, at) => `$${at + 7}`).join(', ')}, $19, $20)`,
    );
  }

  /**
   * @param by - the node, the number of its round trip and the version of the channels that it works by
   * @param jobs - alike, see {@link areAlike}
   */
  async insert(
    by: { readonly node: number; readonly roundTrip: number; readonly version: number },
    jobs: readonly NewJob[],
    notification: string | null,
  ): Promise<ClaimedInsert> {
    const [row = []] = await this.database.roundTrip(this.statement, [
      by.node,
      by.roundTrip,
      by.version,
      ...uniformValues(jobs),
      notification,
      this.tables.notifications,
    ]);
    const [seqs, created, claimed, notified] = row as [string, Date, boolean, boolean];
    return { roundTrip: by.roundTrip, rows: uniformStored(jobs, seqs, created), claimed, notified };
  }
}
