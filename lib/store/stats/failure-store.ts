import type { QueueDatabase, Row } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';

/** Failed jobs of one name and one kind of error. */
export interface FailureSums {
  readonly name: string;
  readonly fingerprint: string;
  readonly excName: string;
  readonly excMessage: string;
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** Tries that ended so, by hour; 24 numbers, the oldest first. */
  readonly spark: readonly number[];
  /** The last one. */
  readonly last: {
    readonly uuid: string;
    readonly name: string;
    readonly channel: string;
    readonly user_id: string | null;
  };
  /** Uuids of some, the last failed first. */
  readonly jobs: readonly string[];
}

/** Groups that are told, and jobs of each. */
const GROUPS = 200;
const JOBS = 10;

/** What has failed, by kind. */
export class FailureStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** The group with the last failure first. Grouped over an index of the failed jobs alone. */
  async groups(): Promise<FailureSums[]> {
    const t = this.tables;
    const rows = await this.database.query(
      `WITH groups AS MATERIALIZED (
         SELECT j.name, j.exc_fingerprint, count(*) AS count, min(j.date_started) AS first, max(j.date_started) AS last
         FROM ${t.job} j WHERE j.phase = ${Phase.failed} GROUP BY j.name, j.exc_fingerprint ORDER BY last DESC NULLS LAST LIMIT ${GROUPS}
       )
       SELECT g.name, coalesce(g.exc_fingerprint, '') AS fingerprint, g.count, g.first, l.jobs, l.channel, l.user_id, l.exc_name, l.exc_message, l.seen
       FROM groups g CROSS JOIN LATERAL (
         SELECT json_agg(s.uuid ORDER BY s.seen DESC) AS jobs, (array_agg(s.exc_name ORDER BY s.seen DESC))[1] AS exc_name,
           (array_agg(s.channel ORDER BY s.seen DESC))[1] AS channel, (array_agg(s.user_id ORDER BY s.seen DESC))[1] AS user_id,
           (array_agg(s.exc_message ORDER BY s.seen DESC))[1] AS exc_message, max(s.seen) AS seen
         FROM (
           SELECT j.uuid, j.channel, j.user_id, j.exc_name, left(j.exc_message, 500) AS exc_message,
             coalesce(j.date_started + coalesce(j.exec_time, 0) * interval '1 second', j.date_created) AS seen
           FROM ${t.job} j
           WHERE j.phase = ${Phase.failed} AND j.name = g.name AND j.exc_fingerprint IS NOT DISTINCT FROM g.exc_fingerprint
           ORDER BY j.date_started DESC NULLS LAST LIMIT ${JOBS}
         ) s
       ) l ORDER BY l.seen DESC`,
    );
    const sparks = await this.sparks(rows);
    return rows.map((row) => {
      const name = row['name'] as string;
      const fingerprint = row['fingerprint'] as string;
      const lastSeen = row['seen'] as Date;
      const jobs = JSON.parse(row['jobs'] as string) as string[];
      const [uuid = ''] = jobs;
      return {
        name,
        fingerprint,
        last: { uuid, name, channel: row['channel'] as string, user_id: row['user_id'] as string | null },
        excName: (row['exc_name'] as string | null) ?? 'Error',
        excMessage: (row['exc_message'] as string | null) ?? '',
        count: Number(row['count']),
        firstSeen: (row['first'] as Date | null) ?? lastSeen,
        lastSeen,
        spark: sparks.get(`${name}\n${fingerprint}`) ?? Array.from({ length: 24 }, () => 0),
        jobs,
      };
    });
  }

  private async sparks(groups: readonly Row[]): Promise<Map<string, number[]>> {
    const rows = await this.database.query(
      `SELECT g.name, g.fingerprint, floor(extract(epoch FROM clock_timestamp() - a.date_ended) / 3600) AS hours, count(*) AS count
       FROM unnest($1::text[], $2::text[]) g (name, fingerprint)
       JOIN ${this.tables.attempt} a ON a.name = g.name AND a.exc_fingerprint = g.fingerprint
         AND a.date_ended > clock_timestamp() - interval '24 hours'
       GROUP BY 1, 2, 3`,
      [groups.map((row) => row['name']), groups.map((row) => row['fingerprint'])],
    );
    const sparks = new Map<string, number[]>();
    for (const row of rows) {
      const key = `${String(row['name'])}\n${String(row['fingerprint'])}`;
      const spark = sparks.get(key) ?? Array.from({ length: 24 }, () => 0);
      spark[23 - Math.min(23, Math.max(0, Number(row['hours'])))] = Number(row['count']);
      sparks.set(key, spark);
    }
    return sparks;
  }
}
