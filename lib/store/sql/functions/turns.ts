import type { Tables } from '../../tables.js';

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
  f record;
BEGIN
  FOR f IN
    SELECT c.name FROM ${t.channel} c
    WHERE c.fair AND EXISTS (SELECT 1 FROM unnest(p_channels) p WHERE p = c.name OR starts_with(p, c.name || '.'))
    ORDER BY array_length(string_to_array(c.name, '.'), 1) DESC, c.name
  LOOP
    v_turns := ARRAY(
      WITH x AS (
        SELECT u.at, u.turn, u.priority, u.channel = f.name OR starts_with(u.channel, f.name || '.') AS inside,
          ${childOf('u.channel', 'f.name')} AS child
        FROM unnest(v_turns, p_priorities, p_channels) WITH ORDINALITY u (turn, priority, channel, at)
      ), ranked AS (
        SELECT x.*, row_number() OVER (PARTITION BY x.inside, x.priority, x.child ORDER BY x.turn) AS round FROM x
      ), placed AS (
        SELECT r.*,
          row_number() OVER (PARTITION BY r.inside, r.priority ORDER BY r.round, coalesce(c.served, 0), r.turn) AS place,
          array_agg(r.turn) OVER (
            PARTITION BY r.inside, r.priority ORDER BY r.turn ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS places
        FROM ranked r LEFT JOIN ${t.channel} c ON c.name = r.child
      )
      SELECT CASE WHEN p.inside THEN p.places[p.place] ELSE p.turn END FROM placed p ORDER BY p.at
    );
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
    JOIN ${t.channel} f ON f.name = ANY(b.gates) AND f.fair
    GROUP BY 1
  ) s
  WHERE c.name = s.child
$$`;

/** The direct subchannel of `parent` that `channel` is or stands under; `parent` itself for its own jobs. */
function childOf(channel: string, parent: string): string {
  return `CASE WHEN ${channel} = ${parent} THEN ${parent}
      ELSE ${parent} || '.' || split_part(substr(${channel}, length(${parent}) + 2), '.', 1) END`;
}
