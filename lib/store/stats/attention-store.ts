import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';
import { channelSums } from '../channels/channel-list.js';

/** A channel or job function of which jobs wait and none starts. */
export interface HeldJobs {
  /** `closed`: its capacity is 0. `stopped`: it is sequential, and a job of it has failed. */
  readonly reason: 'paused' | 'closed' | 'stopped' | 'paused-function';
  /** Of the channel, or of the job function. */
  readonly name: string;
  /** With those of the subchannels; "at least", where many wait. */
  readonly waiting: number;
  /** The failed job that stops it. */
  readonly uuid: string | null;
  /** Who has paused the job function, if somebody said, and when. */
  readonly by: string | null;
  readonly since: Date | null;
}

/** What stands in rows of small tables. */
export interface ClusterSigns {
  readonly nodes: number;
  /** Nodes without a sign of life, which are soon given up. */
  readonly silent: readonly { readonly node: number; readonly name: string; readonly since: Date }[];
  /** Schedules whose tick has been due for a minute, the most late first. */
  readonly overdue: readonly { readonly schedule: string; readonly since: Date }[];
  /** Attempts that failed, those that will be retried included, within the last 15 minutes; not those that are muted. */
  readonly recent: number;
  /** The same in 15 minutes, on average over the three hours before. */
  readonly usual: number;
}

const MOST = 20;
/** Attempts of each muted group of failures that are counted. */
const MUTED = 20_000;

/** What somebody has to do something about: two statements, each of which reads a bounded number of rows. */
export class AttentionStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Those of which most jobs wait, channels first. */
  async held(): Promise<HeldJobs[]> {
    const rows = await this.database.look(heldStatement(this.tables), [MOST]);
    return rows.map((row) => ({
      reason: row['reason'] as HeldJobs['reason'],
      name: row['name'] as string,
      waiting: Number(row['waiting']),
      uuid: row['uuid'] as string | null,
      by: row['by'] as string | null,
      since: row['since'] as Date | null,
    }));
  }

  async signs(): Promise<ClusterSigns> {
    const rows = await this.database.look(signsStatement(this.tables), [MOST]);
    const signs = JSON.parse(rows[0]?.['signs'] as string) as Signs;
    return {
      nodes: signs.nodes,
      silent: signs.silent.map(([node, name, since]) => ({ node, name, since: new Date(since) })),
      overdue: signs.overdue.map(([schedule, since]) => ({ schedule, since: new Date(since) })),
      recent: signs.recent,
      usual: signs.usual,
    };
  }
}

/** Dates are milliseconds since 1970. */
interface Signs {
  readonly nodes: number;
  readonly silent: readonly [node: number, name: string, since: number][];
  readonly overdue: readonly [schedule: string, since: number][];
  readonly recent: number;
  readonly usual: number;
}

const millis = (date: string): string => `extract(epoch FROM ${date}) * 1000`;

const signsStatement = (t: Tables): string => `
  SELECT json_build_object(
    'nodes', (SELECT count(*) FROM ${t.node} n WHERE n.alive),
    'silent', (
      SELECT coalesce(json_agg(json_build_array(n.id, n.name, ${millis('n.date_seen')}) ORDER BY n.id DESC), '[]')
      FROM (SELECT * FROM ${t.node} s WHERE s.alive AND s.suspect_since IS NOT NULL ORDER BY s.id DESC LIMIT $1) n
    ),
    'overdue', (
      SELECT coalesce(json_agg(json_build_array(o.name, ${millis('o.next_tick')}) ORDER BY o.next_tick), '[]') FROM (
        SELECT s.name, s.next_tick FROM ${t.schedule} s
        WHERE s.next_tick < clock_timestamp() - interval '1 minute' AND s.date_paused IS NULL AND s.date_gone IS NULL
        ORDER BY s.next_tick LIMIT $1
      ) o
    ),
    'recent', greatest(r.recent - m.recent, 0), 'usual', greatest(r.usual - m.usual, 0)
  )::text AS signs
  FROM (
    SELECT coalesce(sum(failed + retried) FILTER (WHERE bucket > clock_timestamp() - interval '15 minutes'), 0) AS recent,
      coalesce(sum(failed + retried) FILTER (WHERE bucket <= clock_timestamp() - interval '15 minutes'), 0) / 12.0 AS usual
    FROM ${t.rollup}
    WHERE width = 60 AND bucket > clock_timestamp() - interval '195 minutes' AND name <> ''
  ) r CROSS JOIN (
    SELECT count(*) FILTER (WHERE k.date_ended > clock_timestamp() - interval '15 minutes') AS recent,
      count(*) FILTER (WHERE k.date_ended <= clock_timestamp() - interval '15 minutes') / 12.0 AS usual
    FROM ${t.mute} u CROSS JOIN LATERAL (
      SELECT a.date_ended FROM ${t.attempt} a
      WHERE a.name = u.name AND a.exc_fingerprint = u.fingerprint AND a.date_ended > clock_timestamp() - interval '195 minutes'
      ORDER BY a.date_ended DESC LIMIT ${MUTED}
    ) k
    WHERE u.until IS NULL OR u.until > clock_timestamp()
  ) m`;

/** The first failed job of a channel or below it is found by the index that begins with phase and channel. */
export const heldStatement = (t: Tables): string => `
  WITH jobs AS MATERIALIZED (SELECT * FROM ${t.name('queue_job_breakdown_1')}()), live AS (${channelSums(t, 'jobs')})
  (
    SELECT CASE WHEN c.paused THEN 'paused' WHEN c.capacity = 0 THEN 'closed' ELSE 'stopped' END AS reason,
      c.name, l.waiting, f.uuid, NULL AS by, NULL::timestamptz AS since
    FROM ${t.channel} c JOIN live l ON l.name = c.name
    LEFT JOIN LATERAL (
      SELECT j.uuid FROM ${t.job} j
      WHERE c.sequential AND j.phase = ${Phase.failed} AND (j.channel = c.name OR j.channel >= c.name || '.' AND j.channel < c.name || '/')
      ORDER BY j.channel, j.priority, j.seq LIMIT 1
    ) f ON true
    WHERE l.waiting > 0 AND (c.paused OR c.capacity = 0 OR c.sequential AND l.failed > 0) AND right(c.name, 2) <> '.*'
    ORDER BY l.waiting DESC, c.name LIMIT $1
  ) UNION ALL (
    SELECT 'paused-function', p.name, sum(b.waiting), NULL, p.paused_by, p.date_paused
    FROM ${t.jobFunction} p JOIN jobs b ON b.name = p.name
    WHERE p.date_paused IS NOT NULL AND b.waiting > 0
    GROUP BY p.name, p.paused_by, p.date_paused ORDER BY sum(b.waiting) DESC, p.name LIMIT $1
  )`;
