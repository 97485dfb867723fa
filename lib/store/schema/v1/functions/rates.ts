import type { Tables } from '../../../connection/tables.js';

/** Into so many parts a rate's stretch of time is divided: starts within one part are remembered together, by the last of them. */
const PARTS = 32;

/** Parts that are kept although they are older than the stretch, since a change may make it longer. */
const KEPT = 3 * PARTS;

/**
 * Rates: in no stretch of `rate_per` seconds do more than `rate_limit` jobs below a channel start. `queue_job_start` has, for
 * each channel and node, when jobs have started (`times`, `counts`), and how many jobs the node has claimed of which that
 * isn't known yet (`open`). The time from a claim to the call of the method can't be bounded, so until the node reports
 * the call, with its next round trip, the job counts as one that might start just now.
 *
 * A claim adds to `open` under the lock of the channel's row, and reads what all nodes have after it has that lock, in a
 * statement of its own. What a node reports only moves from `open` to the times, in its own row and in one statement, so
 * that needs no lock: a claim sees it before or after.
 *
 * The time that is written down is never before the call itself: the node reports how long ago it was, and the database
 * counts back from the moment at which that arrives. For the starts of one part it is the time of the last.
 */

/** A LATERAL item `w`: what of the rate of a channel `c` is taken at `v_now`, and in how many seconds some of it is free again. */
export const taken = (t: Tables): string => `LATERAL (
            SELECT coalesce(sum(s.open + h.started), 0) AS taken,
              coalesce(extract(epoch FROM min(h.first) - v_now) + c.rate_per, c.rate_per) AS seconds
            FROM ${t.start} s
            CROSS JOIN LATERAL (
              SELECT coalesce(sum(u.count), 0) AS started, min(u.time) AS first FROM unnest(s.times, s.counts) u (time, count)
              WHERE u.time > v_now - c.rate_per * interval '1 second'
            ) h
            WHERE c.rate_limit IS NOT NULL AND s.channel = c.name
          ) w`;

/** How many jobs the rate of a channel `c` allows now, with {@link taken}; NULL without a rate. */
export const RATE_ROOM = `c.rate_limit - w.taken`;

/** The two columns `times` and `counts`, with more added, as a subquery. */
const together = (times: string, counts: string, per: string): string => `
      SELECT coalesce(array_agg(q.time ORDER BY q.time), '{}'), coalesce(array_agg(q.count ORDER BY q.time), '{}') FROM (
        SELECT max(u.time) AS time, sum(u.count)::integer AS count, row_number() OVER (ORDER BY max(u.time) DESC) AS nth
        FROM unnest(${times}, ${counts}) u (time, count)
        GROUP BY floor(extract(epoch FROM u.time) * ${PARTS} / ${per})
      ) q WHERE q.nth <= ${KEPT} OR q.time > v_now - ${per} * interval '1 second'`;

/** Step 6 of a claim: what it has picked below channels with a rate, those with a `g_again`, might start from now on. */
export const bookStarts = (t: Tables): string => `IF v_rated THEN
              INSERT INTO ${t.start} AS s (channel, node, open)
              SELECT b.name, p_node, b.jobs FROM unnest(b_names, b_jobs) b (name, jobs)
              WHERE g_again[(v_places ->> b.name)::integer] IS NOT NULL ORDER BY b.name
              ON CONFLICT (channel, node) DO UPDATE SET open = s.open + excluded.open;
            END IF;`;

/** In the settle: what the node reports, an array of objects with `channel`, `started`, `dropped` and `ago` in milliseconds. */
export const settleStarts = (t: Tables): string => `
  IF p_starts IS NOT NULL THEN
    UPDATE ${t.start} s SET open = greatest(s.open - e.started - e.dropped, 0), (times, counts) = (${together(
      "s.times || CASE WHEN e.started > 0 THEN ARRAY[v_now - e.ago * interval '1 millisecond'] ELSE '{}' END",
      "s.counts || CASE WHEN e.started > 0 THEN ARRAY[e.started] ELSE '{}' END",
      'e.per',
    )})
    FROM (
      SELECT r.*, coalesce(c.rate_per, 1) AS per
      FROM json_to_recordset(p_starts) r (channel text, started integer, dropped integer, ago float8)
      JOIN ${t.channel} c ON c.name = r.channel
    ) e
    WHERE s.channel = e.channel AND s.node = p_node;
  END IF;`;

/**
 * `queue_job_restart_starts(node, unstarted)`: what a node says of its starts is in doubt (an answer was lost, the channels
 * have changed). All that is open counts as started now; open from now on are the jobs that it names, whose methods it has
 * not called yet. A node that is gone names none, and its starts go to those of node 0.
 */
export const restartStarts = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_restart_starts_1')}(p_node integer, p_unstarted uuid[], p_gone boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  IF p_gone THEN
    WITH gone AS (
      DELETE FROM ${t.start} s WHERE s.node = p_node RETURNING s.*
    )
    INSERT INTO ${t.start} AS s (channel, node, times, counts)
    SELECT g.channel, 0, g.times || CASE WHEN g.open > 0 THEN ARRAY[v_now] ELSE '{}' END,
      g.counts || CASE WHEN g.open > 0 THEN ARRAY[g.open] ELSE '{}' END
    FROM gone g WHERE g.open > 0 OR cardinality(g.times) > 0 ORDER BY g.channel
    ON CONFLICT (channel, node) DO UPDATE SET (times, counts) = (${together(
      's.times || excluded.times',
      's.counts || excluded.counts',
      `coalesce((SELECT c.rate_per FROM ${t.channel} c WHERE c.name = excluded.channel), 1)`,
    )});
    RETURN;
  END IF;
  UPDATE ${t.start} s SET open = 0, times = s.times || v_now, counts = s.counts || s.open WHERE s.node = p_node AND s.open > 0;
  INSERT INTO ${t.start} AS s (channel, node, open)
  SELECT c.name, p_node, count(*)
  FROM ${t.job} j JOIN ${t.channel} b ON b.name = j.channel
  JOIN ${t.channel} c ON c.name = ANY(b.limiting_channels) AND c.rate_limit IS NOT NULL
  WHERE j.uuid = ANY(p_unstarted) AND j.node = p_node
  GROUP BY c.name ORDER BY c.name
  ON CONFLICT (channel, node) DO UPDATE SET open = excluded.open;
END $$`;
