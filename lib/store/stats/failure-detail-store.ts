import type { JobState } from '../../job/job-state.js';
import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';
import type { FailureKey, FailureSums } from './failure-store.js';

/** Attempts of a group that are looked at, the last first. */
const ATTEMPTS = 200_000;
/** Nodes whose releases are known. */
const NODES = 5_000;

/** Attempts that ended so within an hour, on a node. */
export interface FailureHour {
  /** How many hours ago by the clock: 0 is the hour under way. */
  readonly ago: number;
  readonly node: number | null;
  readonly count: number;
}

/** A release of the application, and when its first node started. */
export interface ReleaseStart {
  readonly release: string;
  readonly date: Date;
}

/** One group of failures from near. Each statement reads a bounded number of rows, by an index. */
export class FailureDetailStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** A group of which no job is left that failed or waits, as its attempts tell of it; null if there are none either. */
  async past({ name, fingerprint }: FailureKey): Promise<FailureSums | null> {
    const rows = await this.database.look(
      `SELECT a.job_uuid, a.exc_name, left(a.exc_message, 500) AS exc_message, a.date_ended, j.channel, j.user_id, (
         SELECT f.date_ended FROM ${this.tables.attempt} f WHERE ${OF_GROUP('f')} ORDER BY f.date_ended LIMIT 1
       ) AS first
       FROM (
         SELECT * FROM ${this.tables.attempt} l WHERE ${OF_GROUP('l')} ORDER BY l.date_ended DESC LIMIT 10
       ) a JOIN LATERAL (
         SELECT channel, user_id FROM ${this.tables.job} WHERE uuid = a.job_uuid
         UNION ALL SELECT channel, user_id FROM ${this.tables.history} WHERE uuid = a.job_uuid
       ) j ON true
       ORDER BY a.date_ended DESC`,
      [name, fingerprint],
    );
    const [last] = rows;
    if (last === undefined) return null;
    const jobs = [...new Set(rows.map((row) => row['job_uuid'] as string))];
    return {
      name,
      fingerprint,
      excName: (last['exc_name'] as string | null) ?? 'Error',
      excMessage: (last['exc_message'] as string | null) ?? '',
      count: 0,
      retrying: 0,
      firstSeen: last['first'] as Date,
      lastSeen: last['date_ended'] as Date,
      spark: [],
      last: {
        uuid: jobs[0] as string,
        name,
        channel: last['channel'] as string,
        user_id: last['user_id'] as string | null,
      },
      jobs,
    };
  }

  /** How many attempts ended so, by hour and node, and the start of the hour under way. */
  async hours(
    { name, fingerprint }: FailureKey,
    hours: number,
  ): Promise<{ start: Date; hours: FailureHour[] }> {
    const rows = await this.database.look(
      `SELECT date_trunc('hour', clock_timestamp(), 'UTC') AS start, c.ago, c.node, c.count
       FROM (SELECT) one LEFT JOIN (
         SELECT extract(epoch FROM date_trunc('hour', clock_timestamp(), 'UTC') - date_trunc('hour', a.date_ended, 'UTC'))::integer / 3600 AS ago,
           a.node, count(*) AS count
         FROM (
           SELECT l.date_ended, l.node FROM ${this.tables.attempt} l
           WHERE ${OF_GROUP('l')} AND l.date_ended >= date_trunc('hour', clock_timestamp(), 'UTC') - ($3::integer - 1) * interval '1 hour'
           ORDER BY l.date_ended DESC LIMIT ${ATTEMPTS}
         ) a GROUP BY 1, 2
       ) c ON true`,
      [name, fingerprint, hours],
    );
    const found = rows.filter((row) => row['ago'] !== null);
    return {
      start: rows[0]?.['start'] as Date,
      hours: found.map((row) => ({
        ago: row['ago'] as number,
        node: row['node'] as number | null,
        count: Number(row['count']),
      })),
    };
  }

  /** Which release each node is of, and when each release began. */
  async releases(): Promise<{ byNode: Map<number, string>; starts: ReleaseStart[] }> {
    const rows = await this.database.look(
      `SELECT n.release, min(n.date_started) AS date, json_agg(n.id)::text AS nodes FROM (
         SELECT * FROM ${this.tables.node} WHERE release IS NOT NULL ORDER BY id DESC LIMIT ${NODES}
       ) n GROUP BY n.release ORDER BY 2`,
    );
    return {
      byNode: new Map(
        rows.flatMap((row) =>
          (JSON.parse(row['nodes'] as string) as number[]).map((id) => [id, row['release'] as string]),
        ),
      ),
      starts: rows.map((row) => ({ release: row['release'] as string, date: row['date'] as Date })),
    };
  }

  /** Uuids of jobs of the group that have failed for good. */
  async failed({ name, fingerprint }: FailureKey, limit: number): Promise<string[]> {
    const rows = await this.database.look(
      `SELECT j.uuid FROM ${this.tables.job} j
       WHERE j.phase = ${Phase.failed} AND ${OF_GROUP('j')} ORDER BY j.date_started DESC NULLS LAST LIMIT $3`,
      [name, fingerprint, limit],
    );
    return rows.map((row) => row['uuid'] as string);
  }

  /** The state of each of these jobs, as far as they are stored. */
  async states(uuids: readonly string[]): Promise<Map<string, JobState>> {
    const rows = await this.database.look(
      `SELECT uuid, state FROM ${this.tables.job} WHERE uuid = ANY($1)
       UNION ALL SELECT uuid, state FROM ${this.tables.history} WHERE uuid = ANY($1)`,
      [uuids],
    );
    return new Map(rows.map((row) => [row['uuid'] as string, row['state'] as JobState]));
  }
}

/** `$1` is the name, `$2` the fingerprint, empty for none. */
const OF_GROUP = (row: string): string =>
  `${row}.name = $1 AND ${row}.exc_fingerprint IS NOT DISTINCT FROM nullif($2, '')`;
