import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import { alikeStored, alikeValues } from './insert-uniform.js';
import type { Written } from './job-writer.js';
import type { NewJob } from './new-job.js';
import { ALIKE_COLUMNS } from './uniform-columns.js';
import type { Tables } from '../connection/tables.js';

/** Jobs that were stored in the round trip of a node; where that has not taken them, they wait as any others do. */
export interface HandedOver extends Written {
  /** The number of that round trip. */
  readonly cycle: number;
  readonly taken: boolean;
}

/** Stores jobs as taken by a node already. */
export class HandOverStore {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.statement = namedStatement(
      'queue_job_hand_over',
      `SELECT seqs, created, taken, told FROM ${tables.name('queue_job_hand_over_1')}(
        $1, $2, $3, $4, $5, $6, ${ALIKE_COLUMNS.map((_, at) => `$${at + 7}`).join(', ')}, $17, $18)`,
    );
  }

  /**
   * @param by - the node, the number of its round trip and the version of the channels that it works by
   * @param jobs - alike, see {@link areAlike}
   */
  async insert(
    by: { readonly node: number; readonly cycle: number; readonly version: number },
    jobs: readonly NewJob[],
    notice: string | null,
  ): Promise<HandedOver> {
    const [row = []] = await this.database.roundTrip(this.statement, [
      by.node,
      by.cycle,
      by.version,
      ...alikeValues(jobs),
      notice,
      this.tables.notifications,
    ]);
    const [seqs, created, taken, told] = row as [string, Date, boolean, boolean];
    return { cycle: by.cycle, rows: alikeStored(jobs, seqs, created), taken, told };
  }
}
