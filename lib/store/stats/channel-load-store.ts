import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';

/** How a channel goes, its subchannels included. */
export interface ChannelLoad {
  /** Within the last hour: attempts that ended a job, and those that will be repeated. */
  readonly ended: number;
  readonly retried: number;
  /** Jobs that ended within the last 15 minutes. */
  readonly recent: number;
  /** Histogram of the waits of the last hour; see lib/common/histogram.ts. */
  readonly wait: readonly number[];
  /** Seconds for which jobs have waited that could start, of {@link SAMPLE} at most. */
  readonly waiting: readonly number[];
  /** The one that has waited longest. */
  readonly oldest: { readonly uuid: string; readonly seconds: number } | null;
  readonly functions: readonly ChannelFunction[];
  /** The living ones that serve it. */
  readonly nodes: readonly { readonly id: number; readonly name: string }[];
}

/** A job function in a channel. */
export interface ChannelFunction {
  readonly name: string;
  /** "At least", if many wait. */
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
  /** Within the last hour. */
  readonly ended: number;
  /** Histogram of its run times of the last hour. */
  readonly run: readonly number[];
}

/** Waiting jobs that are read, of the channel and of those below it, each. */
const SAMPLE = 5_000;
const MOST_FUNCTIONS = 100;
const MOST_NODES = 200;

/** Reads what the page of a channel shows, a bounded number of rows by index. */
export class ChannelLoadStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  async read(channel: string): Promise<ChannelLoad> {
    const rows = await this.database.look(loadStatement(this.tables), [channel]);
    return JSON.parse(rows[0]?.['load'] as string) as ChannelLoad;
  }
}

/**
 * One statement; `$1` is the channel.
 *
 * @internal
 */
const loadStatement = (t: Tables): string => {
  const inside = (column: string): string =>
    `(${column} = $1 OR ${column} >= $1 || '.' AND ${column} < $1 || '/')`;
  const ready = (where: string): string =>
    `(SELECT j.uuid, greatest(j.date_created, j.eta) AS since FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND j.node IS NULL AND ${where} ORDER BY j.channel, j.priority, j.seq LIMIT ${SAMPLE})`;
  return `
  WITH sums AS MATERIALIZED (
    SELECT r.bucket, r.name, r.done + r.failed + r.cancelled AS ended, r.retried, r.wait, r.run FROM ${t.rollup} r
    WHERE r.width = 60 AND r.bucket > now() - interval '1 hour' AND ${inside('r.channel')} AND r.name <> ''
  ), waiting AS MATERIALIZED (
    SELECT w.uuid, greatest(extract(epoch FROM clock_timestamp() - w.since), 0)::float8 AS seconds FROM (
      ${ready('j.channel = $1')} UNION ALL ${ready(`j.channel >= $1 || '.' AND j.channel < $1 || '/'`)}
    ) w WHERE isfinite(w.since)
  ), names AS MATERIALIZED (
    SELECT b.name, sum(b.waiting) AS waiting, sum(b.running) AS running, sum(b.failed) AS failed
    FROM ${t.name('queue_job_breakdown_1')}() b WHERE ${inside('b.channel')} GROUP BY b.name
  ), ended AS MATERIALIZED (
    SELECT s.name, sum(s.ended) AS ended FROM sums s GROUP BY s.name
  ), runs AS MATERIALIZED (
    SELECT h.name, array_agg(h.count ORDER BY h.at) AS run FROM (
      SELECT s.name, u.at, sum(u.count) AS count FROM sums s CROSS JOIN LATERAL unnest(s.run) WITH ORDINALITY u (count, at)
      GROUP BY s.name, u.at
    ) h GROUP BY h.name
  )
  SELECT json_build_object(
    'ended', (SELECT coalesce(sum(s.ended), 0) FROM sums s),
    'retried', (SELECT coalesce(sum(s.retried), 0) FROM sums s),
    'recent', (SELECT coalesce(sum(s.ended), 0) FROM sums s WHERE s.bucket > clock_timestamp() - interval '15 minutes'),
    'wait', (
      SELECT coalesce(json_agg(h.count ORDER BY h.at), '[]') FROM (
        SELECT u.at, sum(u.count) AS count FROM sums s CROSS JOIN LATERAL unnest(s.wait) WITH ORDINALITY u (count, at) GROUP BY u.at
      ) h
    ),
    'waiting', (SELECT coalesce(json_agg(w.seconds), '[]') FROM waiting w),
    'oldest', (SELECT json_build_object('uuid', w.uuid, 'seconds', w.seconds) FROM waiting w ORDER BY w.seconds DESC LIMIT 1),
    'functions', (
      SELECT coalesce(json_agg(f), '[]') FROM (
        SELECT name, coalesce(n.waiting, 0) AS waiting, coalesce(n.running, 0) AS running, coalesce(n.failed, 0) AS failed,
          coalesce(e.ended, 0) AS ended, coalesce(r.run, '{}') AS run
        FROM names n FULL JOIN ended e USING (name) LEFT JOIN runs r USING (name)
        ORDER BY 5 DESC, 2 DESC, 1 LIMIT ${MOST_FUNCTIONS}
      ) f
    ),
    'nodes', (
      SELECT coalesce(json_agg(json_build_object('id', n.id, 'name', n.name) ORDER BY n.id), '[]') FROM (
        SELECT l.id, l.name FROM ${t.node} l WHERE l.alive AND (l.channels IS NULL OR EXISTS (
          SELECT FROM unnest(l.channels) o (name) WHERE $1 = o.name OR $1 >= o.name || '.' AND $1 < o.name || '/'
        )) ORDER BY l.id LIMIT ${MOST_NODES}
      ) n
    )
  )::text AS load`;
};
