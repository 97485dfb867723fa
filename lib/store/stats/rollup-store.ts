import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** Seconds of a minute, a quarter of an hour and an hour: each end counts in all three. */
const WIDTHS = '(VALUES (60), (900), (3600)) w (width)';

/** The ends of one job function in one channel within one minute. */
export interface StatsRow {
  /** The channel. */
  readonly channel: string;
  /** `Provider.method`. */
  readonly name: string;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  readonly cancelled: number;
  /** Histograms, see lib/common/histogram.ts. */
  readonly wait: readonly number[];
  readonly run: readonly number[];
}

/** What a node brings of one minute. */
export interface StatsBatch {
  readonly node: number;
  /** One more than that of the batch before: a batch that is sent again, since its answer was lost, counts once. */
  readonly number: number;
  /** Minutes since 1970. */
  readonly minute: number;
  readonly rows: readonly StatsRow[];
}

/**
 * How many jobs ended how, and how long they waited and ran: small sums for the charts.
 *
 * @internal
 */
export class StatsStore {
  private readonly addStatement: Statement;
  private readonly sampleStatement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    const t = tables;
    const sum = (column: string): string =>
      `${column} = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(r.${column}, excluded.${column}) WITH ORDINALITY u (a, b, at) ORDER BY at)`;
    // In the order of the key, so that two nodes never wait for each other in a circle.
    this.addStatement = namedStatement(
      'queue_job_stats',
      `WITH mine AS (
          UPDATE ${t.node} SET stats_batches = $2 WHERE id = $1 AND stats_batches < $2 RETURNING id
        )
        INSERT INTO ${t.rollup} AS r (width, bucket, channel, name, done, failed, retried, cancelled, wait, run)
        SELECT w.width, to_timestamp($3::bigint * 60 / w.width * w.width), e.channel COLLATE "C", e.name COLLATE "C", e.done, e.failed, e.retried, e.cancelled, e.wait, e.run
        FROM mine, json_to_recordset($4::json)
          e (channel text, name text, done integer, failed integer, retried integer, cancelled integer, wait integer[], run integer[]),
          ${WIDTHS}
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (width, bucket, channel, name) DO UPDATE SET done = r.done + excluded.done,
          failed = r.failed + excluded.failed, retried = r.retried + excluded.retried,
          cancelled = r.cancelled + excluded.cancelled, ${sum('wait')}, ${sum('run')}`,
    );
    this.sampleStatement = namedStatement(
      'queue_job_sample',
      `SELECT ${t.name('queue_job_sample_1')}() AS sampled`,
    );
  }

  async add(batch: StatsBatch): Promise<void> {
    await this.database.run(this.addStatement, [
      batch.node,
      batch.number,
      batch.minute,
      JSON.stringify(batch.rows),
    ]);
  }

  /** Notes how many jobs wait, unless another node has done so in this minute, and removes what is too old for a chart. */
  async sample(): Promise<boolean> {
    return (await this.database.run(this.sampleStatement, []))[0]?.['sampled'] === true;
  }

  /** Jobs that somebody ended by hand, which no node has counted. */
  async addByHand(uuids: readonly string[], state: 'done' | 'cancelled'): Promise<void> {
    await this.database.query(
      `INSERT INTO ${this.tables.rollup} AS r (width, bucket, channel, name, ${state})
       SELECT w.width, date_bin(w.width * interval '1 second', clock_timestamp(), to_timestamp(0)), e.channel COLLATE "C", e.name COLLATE "C", e.count
       FROM (
         SELECT h.channel, h.name, count(*) AS count FROM ${this.tables.history} h
         WHERE h.uuid = ANY($1) AND h.state = $2 GROUP BY h.channel, h.name
       ) e, ${WIDTHS}
       ORDER BY 1, 2, 3, 4
       ON CONFLICT (width, bucket, channel, name) DO UPDATE SET ${state} = r.${state} + excluded.${state}`,
      [uuids, state],
    );
  }
}
