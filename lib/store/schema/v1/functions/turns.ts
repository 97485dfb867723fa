import type { Tables } from '../../../connection/tables.js';

/**
 * The turns of `fair` channels. Among jobs of equal priority the subchannels of a fair channel go one after the other,
 * the least recently served first; its own jobs count as one more subchannel.
 *
 * `queue_job_turns(seqs, priorities, channels)` answers with the place of each job in the common order: the jobs under
 * a fair channel keep the places that they have among all jobs, and share them out anew among themselves. Nested fair
 * channels are done from the deepest up.
 */
export const turns = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_turns_1')}(p_seqs bigint[], p_priorities integer[], p_channels text[])
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_turns bigint[] := p_seqs;
  v_children text[];
  v_served bigint[];
  v_clock bigint;
  f record;
  p record;
  r record;
BEGIN
  FOR f IN
    SELECT c.name FROM ${t.channel} c
    WHERE c.fair AND EXISTS (SELECT 1 FROM unnest(p_channels) j WHERE j = c.name OR starts_with(j, c.name || '.'))
    ORDER BY array_length(string_to_array(c.name, '.'), 1) DESC, c.name
  LOOP
    SELECT array_agg(x.child), array_agg(coalesce(c.served, 0)), max(coalesce(c.served, 0))
    INTO v_children, v_served, v_clock
    FROM (
      SELECT DISTINCT ${childOf('j', 'f.name')} AS child FROM unnest(p_channels) j
      WHERE j = f.name OR starts_with(j, f.name || '.')
    ) x LEFT JOIN ${t.channel} c ON c.name = x.child;

    -- The jobs of a higher priority have their turns first, and count when those of the next are shared out.
    FOR p IN SELECT DISTINCT j AS priority FROM unnest(p_priorities) j ORDER BY 1 LOOP
      FOR r IN
        WITH x AS (
          SELECT u.at, u.turn, ${childOf('u.channel', 'f.name')} AS child
          FROM unnest(v_turns, p_priorities, p_channels) WITH ORDINALITY u (turn, priority, channel, at)
          WHERE u.priority = p.priority AND (u.channel = f.name OR starts_with(u.channel, f.name || '.'))
        ), ranked AS (
          SELECT x.*, array_position(v_children, x.child) AS child_at,
            row_number() OVER (PARTITION BY x.child ORDER BY x.turn) AS round,
            min(x.turn) OVER (PARTITION BY x.child) AS first
          FROM x
        )
        SELECT q.at, q.child_at,
          row_number() OVER (ORDER BY q.round, v_served[q.child_at], q.first) AS place,
          array_agg(q.turn) OVER (
            ORDER BY q.turn ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS places
        FROM ranked q ORDER BY place
      LOOP
        v_turns[r.at] := r.places[r.place];
        v_clock := v_clock + 1;
        v_served[r.child_at] := v_clock;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN v_turns;
END $$`;

/** `queue_job_served(picks)` notes whose turn it was; the rows of the fair channels are locked by the claim. */
export const served = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_served_1')}(p_picks tid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE ${t.channel} c SET served = s.at
  FROM (
    SELECT ${childOf('j.channel', 'f.name')} AS child,
      max((extract(epoch FROM clock_timestamp()) * 1000000)::bigint + k.at) AS at
    FROM unnest(p_picks) WITH ORDINALITY k (row, at)
    JOIN ${t.job} j ON j.ctid = k.row
    JOIN ${t.channel} b ON b.name = j.channel
    JOIN ${t.channel} f ON f.name = ANY(b.limiting_channels) AND f.fair
    GROUP BY 1
  ) s
  WHERE c.name = s.child
$$`;

/** The direct subchannel of `parent` that `channel` is or stands under; `parent` itself for its own jobs. */
function childOf(channel: string, parent: string): string {
  return `CASE WHEN ${channel} = ${parent} THEN ${parent}
      ELSE ${parent} || '.' || split_part(substr(${channel}, length(${parent}) + 2), '.', 1) END`;
}
