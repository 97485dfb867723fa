import type { QueueDatabase, Row } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';

/** What a group of failures is known by: the job's name, and the kind of error. */
export interface FailureKey {
  readonly name: string;
  /** Empty where the error has none. */
  readonly fingerprint: string;
}

/** Jobs of one name and one kind of error, failed for good or to be retried. */
export interface FailureSums extends FailureKey {
  readonly excName: string;
  readonly excMessage: string;
  /** Jobs that have failed for good. */
  readonly count: number;
  /** Jobs that wait for another attempt; "at least", where many jobs wait. */
  readonly retrying: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** Attempts that ended so, by hour; 24 numbers, the oldest first. */
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
/** Attempts of a group that are counted of each hour. */
const MOST_IN_AN_HOUR = 1_000;
/** Waiting jobs that are looked through for those that wait for another attempt. */
const WAITING = 50_000;

/** What has failed, by kind, attempts that will be retried included: an outage with long backoffs shows at once. */
export class FailureStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** The group with the last failure first, or this one alone. Grouped over an index of the failed jobs alone. */
  async groups(only: FailureKey | null = null): Promise<FailureSums[]> {
    const t = this.tables;
    const rows = await this.database.look(
      `WITH retrying AS MATERIALIZED (
         SELECT w.* FROM (
           (SELECT j.* FROM ${t.job} j WHERE j.phase = ${Phase.eta} LIMIT ${WAITING})
           UNION ALL (SELECT j.* FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL LIMIT ${WAITING})
         ) w WHERE w.exc_name IS NOT NULL AND ($1::text IS NULL OR w.name = $1 AND coalesce(w.exc_fingerprint, '') = $2)
       ), groups AS MATERIALIZED (
         SELECT b.name, b.exc_fingerprint, sum(b.failed) AS count, sum(b.retrying) AS retrying, max(b.last) AS last
         FROM (
           SELECT j.name, j.exc_fingerprint, count(*) AS failed, 0 AS retrying, max(j.date_started) AS last
           FROM ${t.job} j WHERE j.phase = ${Phase.failed} AND ($1::text IS NULL OR j.name = $1 AND coalesce(j.exc_fingerprint, '') = $2)
           GROUP BY j.name, j.exc_fingerprint
           UNION ALL
           SELECT r.name, r.exc_fingerprint, 0, count(*), max(coalesce(r.date_started, r.date_created)) FROM retrying r GROUP BY r.name, r.exc_fingerprint
         ) b GROUP BY b.name, b.exc_fingerprint ORDER BY last DESC NULLS LAST LIMIT ${GROUPS}
       )
       SELECT g.name, coalesce(g.exc_fingerprint, '') AS fingerprint, g.count, g.retrying, l.jobs, l.channel, l.user_id, l.exc_name, l.exc_message,
         greatest(l.seen, n.date_ended) AS seen, coalesce(f.date_ended, l.seen) AS first
       FROM groups g CROSS JOIN LATERAL (
         SELECT json_agg(s.uuid ORDER BY s.seen DESC) AS jobs, (array_agg(s.exc_name ORDER BY s.seen DESC))[1] AS exc_name,
           (array_agg(s.channel ORDER BY s.seen DESC))[1] AS channel, (array_agg(s.user_id ORDER BY s.seen DESC))[1] AS user_id,
           (array_agg(s.exc_message ORDER BY s.seen DESC))[1] AS exc_message, max(s.seen) AS seen
         FROM (
           SELECT j.uuid, j.channel, j.user_id, j.exc_name, left(j.exc_message, 500) AS exc_message,
             coalesce(j.date_started + coalesce(j.exec_time, 0) * interval '1 second', j.date_created) AS seen
           FROM (
             (SELECT j.* FROM ${t.job} j
              WHERE j.phase = ${Phase.failed} AND j.name = g.name AND j.exc_fingerprint IS NOT DISTINCT FROM g.exc_fingerprint
              ORDER BY j.date_started DESC NULLS LAST LIMIT ${JOBS})
             UNION ALL
             (SELECT r.* FROM retrying r
              WHERE r.name = g.name AND r.exc_fingerprint IS NOT DISTINCT FROM g.exc_fingerprint LIMIT ${JOBS})
           ) j ORDER BY j.date_started DESC NULLS LAST LIMIT ${JOBS}
         ) s
       ) l
       -- The attempts stay when a job is requeued.
       LEFT JOIN LATERAL (
         SELECT a.date_ended FROM ${t.attempt} a WHERE a.name = g.name AND a.exc_fingerprint = g.exc_fingerprint ORDER BY a.date_ended LIMIT 1
       ) f ON true
       LEFT JOIN LATERAL (
         SELECT a.date_ended FROM ${t.attempt} a WHERE a.name = g.name AND a.exc_fingerprint = g.exc_fingerprint ORDER BY a.date_ended DESC LIMIT 1
       ) n ON true
       ORDER BY seen DESC`,
      [only?.name ?? null, only?.fingerprint ?? null],
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
        retrying: Number(row['retrying']),
        firstSeen: (row['first'] as Date | null) ?? lastSeen,
        lastSeen,
        spark: sparks.get(`${name}\n${fingerprint}`) ?? Array.from({ length: 24 }, () => 0),
        jobs,
      };
    });
  }

  private async sparks(groups: readonly Row[]): Promise<Map<string, number[]>> {
    const rows = await this.database.look(
      // now(), since no index is searched by a clock that goes on.
      `SELECT g.name, g.fingerprint, h.hours, c.count
       FROM unnest($1::text[], $2::text[]) g (name, fingerprint) CROSS JOIN generate_series(0, 23) h (hours)
       CROSS JOIN LATERAL (
         SELECT count(*) AS count FROM (
           SELECT FROM ${this.tables.attempt} a
           WHERE a.name = g.name AND a.exc_fingerprint = g.fingerprint AND a.date_ended > now() - (h.hours + 1) * interval '1 hour'
             AND a.date_ended <= now() - CASE WHEN h.hours = 0 THEN -1 ELSE h.hours END * interval '1 hour'
           LIMIT $3
         ) one
       ) c WHERE c.count > 0`,
      [groups.map((row) => row['name']), groups.map((row) => row['fingerprint']), MOST_IN_AN_HOUR],
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
