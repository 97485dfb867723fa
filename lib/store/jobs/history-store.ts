import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** How far a pass over the ended jobs has come, in the order of their ends; as PostgreSQL writes it. */
export interface HistoryPosition {
  readonly date: string;
  readonly uuid: string;
}

/** Before the first. */
export const START_OF_HISTORY: HistoryPosition = {
  date: '-infinity',
  uuid: '00000000-0000-0000-0000-000000000000',
};

/** What one step of a pass did. */
export interface PruneStep {
  readonly count: number;
  /** Where the next step goes on. */
  readonly position: HistoryPosition;
  /** There was no more to look at. */
  readonly finished: boolean;
}

/** Removes jobs that ended long ago. */
export class HistoryStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** How long the jobs of some channel are kept, in milliseconds, each once; `otherwise` is for channels without their own. */
  async intervals(otherwise: number | null): Promise<number[]> {
    const rows = await this.database.query(
      `SELECT DISTINCT removal_interval AS interval FROM ${this.tables.channel} WHERE removal_interval IS NOT NULL`,
    );
    const own = rows.map((row) => row['interval'] as number);
    return [...new Set(otherwise === null ? own : [...own, otherwise])];
  }

  /**
   * One step: looks at the next `limit` jobs that ended longer than `interval` ago, and removes those whose channel keeps
   * them no longer, with what belongs to them. Their batches remember how many they were, in the same transaction: no
   * count of members goes back.
   *
   * A step looks at a bounded number of rows in the order of an index, since jobs that are kept for longer may stand
   * between.
   */
  async prune(
    interval: number,
    otherwise: number | null,
    mark: HistoryPosition,
    limit: number,
  ): Promise<PruneStep> {
    const t = this.tables;
    const [row] = await this.database.query(
      `WITH seen AS MATERIALIZED (
         SELECT o.uuid, o.channel, o.date_done, o.has_children AND o.state <> 'done' AS holds FROM ${t.history} o
         WHERE o.date_done < clock_timestamp() - $1::float8 * interval '1 millisecond'
           AND o.date_done >= $3::timestamptz AND (o.date_done, o.uuid) > ($3::timestamptz, $4::uuid)
         ORDER BY o.date_done, o.uuid LIMIT $5
       ), gone AS (
         DELETE FROM ${t.history} h WHERE h.uuid = ANY(ARRAY(
           SELECT s.uuid FROM seen s LEFT JOIN ${t.channel} c ON c.name = s.channel
           WHERE coalesce(c.removal_interval, $2::float8) <= $1::float8 AND NOT s.holds
         )) RETURNING h.uuid, h.state, h.batch_uuid
       ), members AS (
         SELECT g.batch_uuid, count(*) FILTER (WHERE g.state = 'done') AS done, count(*) FILTER (WHERE g.state <> 'done') AS cancelled
         FROM gone g WHERE g.batch_uuid IS NOT NULL GROUP BY g.batch_uuid
       ), batches AS MATERIALIZED (
         SELECT b.uuid FROM ${t.batch} b JOIN members m ON m.batch_uuid = b.uuid ORDER BY b.uuid FOR NO KEY UPDATE OF b
       ), counted AS (
         UPDATE ${t.batch} b SET removed_done = b.removed_done + m.done, removed_cancelled = b.removed_cancelled + m.cancelled
         FROM batches l JOIN members m ON m.batch_uuid = l.uuid WHERE b.uuid = l.uuid
       ), attempts AS (DELETE FROM ${t.attempt} a USING gone g WHERE a.job_uuid = g.uuid),
       logs AS (DELETE FROM ${t.log} l USING gone g WHERE l.job_uuid = g.uuid),
       parents AS (DELETE FROM ${t.dependency} d USING gone g WHERE d.child = g.uuid)
       SELECT (SELECT count(*) FROM gone) AS count, (SELECT count(*) FROM seen) AS seen,
         ARRAY(SELECT s.uuid FROM seen s LEFT JOIN ${t.channel} c ON c.name = s.channel
           WHERE coalesce(c.removal_interval, $2::float8) <= $1::float8 AND s.holds) AS holding, l.date_done::text AS date, l.uuid
       FROM (VALUES (1)) one LEFT JOIN LATERAL (
         SELECT s.date_done, s.uuid FROM seen s ORDER BY s.date_done DESC, s.uuid DESC LIMIT 1
       ) l ON true`,
      [interval, otherwise, mark.date, mark.uuid, limit],
    );
    const { count, seen, holding, date, uuid } = row as unknown as {
      count: number;
      seen: number;
      holding: string;
      date: string | null;
      uuid: string | null;
    };
    // A job that was requeued may wait for one of these: it is to see that its parent goes.
    const [gone] =
      holding === '{}'
        ? []
        : await this.database.query(
            `SELECT cardinality(${t.name('queue_job_delete_1')}($1::uuid[])) AS count`,
            [holding],
          );
    return {
      count: count + Number(gone?.['count'] ?? 0),
      finished: seen < limit,
      position: date === null || uuid === null ? mark : { date, uuid },
    };
  }
}
