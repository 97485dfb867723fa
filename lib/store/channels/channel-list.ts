import type { Tables } from '../connection/tables.js';

/** Which channels a list has. */
export interface ChannelListBounds {
  /** Only this one. */
  readonly name?: string;
  /** Only those whose names come after this one: the last of the page before. */
  readonly after?: string;
  /** Only names that contain this text, in any case. */
  readonly text?: string;
  /** Default: all of them. */
  readonly limit?: number;
}

/** The names of a channel and of those above it, from the column of a subquery. */
const ancestors = (column: string): string =>
  `(SELECT array_to_string((string_to_array(${column}, '.'))[1:n], '.') COLLATE "C" AS name
    FROM generate_series(1, array_length(string_to_array(${column}, '.'), 1)) n)`;

/**
 * What waits, runs and has failed in each channel that has jobs, and in each above one.
 *
 * @param jobs - the rows of `queue_job_breakdown()`, if a statement has them already
 */
export const channelSums = (t: Tables, jobs = `${t.name('queue_job_breakdown_1')}()`): string => `
  SELECT a.name, sum(b.running)::bigint AS running, sum(b.waiting)::bigint AS waiting, sum(b.failed)::bigint AS failed
  FROM (
    SELECT d.channel, sum(d.running) AS running, sum(d.waiting) AS waiting, sum(d.failed) AS failed
    FROM ${jobs} d GROUP BY d.channel
  ) b CROSS JOIN LATERAL ${ancestors('b.channel')} a GROUP BY a.name`;

/** Channels by name, each one above looked up by its key, with the sums of their jobs; `$1` to `$4` are the bounds: name, after, text as a pattern, limit. */
export const listStatement = (t: Tables, columns: string): string => `
  WITH page AS MATERIALIZED (
    SELECT c.* FROM ${t.channel} c
    WHERE right(c.name, 2) <> '.*' AND ($1::text IS NULL OR c.name = $1) AND ($2::text IS NULL OR c.name > $2)
      AND ($3::text IS NULL OR c.name ILIKE $3)
    ORDER BY c.name LIMIT $4
  )
  SELECT ${columns}, coalesce(j.running, 0) AS running, coalesce(j.waiting, 0) AS waiting, coalesce(j.failed, 0) AS failed, (
    SELECT a.name FROM ${ancestors('c.name')} a
    WHERE a.name <> c.name AND (SELECT p.paused FROM ${t.channel} p WHERE p.name = a.name)
    ORDER BY length(a.name) DESC LIMIT 1
  ) AS paused_above
  FROM page c LEFT JOIN (${channelSums(t)}) j ON j.name = c.name ORDER BY c.name`;

/** The channels in which, or below which, most jobs have ended within the last hour, then those with most to do. */
export const busiestStatement = (t: Tables): string => `
  WITH ended AS (
    SELECT a.name, sum(r.ended)::bigint AS ended
    FROM (
      SELECT channel, sum(done + failed + cancelled) AS ended FROM ${t.rollup}
      WHERE width = 60 AND bucket > clock_timestamp() - interval '1 hour' AND name <> '' GROUP BY channel
    ) r CROSS JOIN LATERAL ${ancestors('r.channel')} a WHERE r.ended > 0 GROUP BY a.name
  ), live AS (${channelSums(t)})
  SELECT c.name, c.capacity, coalesce(e.ended, 0) AS ended, coalesce(l.running, 0) AS running, coalesce(l.waiting, 0) AS waiting
  FROM (SELECT name FROM ended UNION SELECT name FROM live WHERE running > 0 OR waiting > 0) b
  JOIN ${t.channel} c ON c.name = b.name
  LEFT JOIN ended e ON e.name = b.name LEFT JOIN live l ON l.name = b.name
  ORDER BY 3 DESC, 5 DESC, 4 DESC, 1 LIMIT $1`;
