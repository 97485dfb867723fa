import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** A line of `currentJob().log()`. */
export interface LogLine {
  readonly uuid: string;
  readonly retry: number;
  /** By the clock of the node: lines of one job in their order. */
  readonly date: Date;
  readonly message: string;
  /** JSON text. */
  readonly data: string | null;
}

/** The progress of a running job. */
export interface Progress {
  readonly uuid: string;
  readonly retry: number;
  readonly done: number;
  readonly total: number | null;
}

/** What running jobs tell of themselves. */
export class ProgressStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** One round trip for all that was told since the last. Progress only counts while the node has the job. */
  async write(node: number, lines: readonly LogLine[], progress: readonly Progress[]): Promise<void> {
    await this.database.query(
      `WITH lines AS (
         INSERT INTO ${this.tables.log} (job_uuid, retry, date, message, data)
         SELECT * FROM unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::json[])
       )
       UPDATE ${this.tables.job} j SET progress = p.done, progress_total = p.total
       FROM unnest($7::uuid[], $8::int[], $9::float8[], $10::float8[]) p (uuid, retry, done, total)
       WHERE j.uuid = p.uuid AND j.node = $1 AND j.retry = p.retry`,
      [
        node,
        lines.map((line) => line.uuid),
        lines.map((line) => line.retry),
        lines.map((line) => line.date),
        lines.map((line) => line.message),
        lines.map((line) => line.data),
        progress.map((one) => one.uuid),
        progress.map((one) => one.retry),
        progress.map((one) => one.done),
        progress.map((one) => one.total),
      ],
    );
  }
}
