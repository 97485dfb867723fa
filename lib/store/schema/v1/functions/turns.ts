import type { Tables } from '../../../connection/tables.js';
import { childOf } from './child-of.js';

/**
 * The turns of `fair` channels. Among jobs of equal priority the subchannels of a fair channel go one after the other,
 * the least recently served first; its own jobs count as one more subchannel.
 *
 * `queue_job_turns(seqs, priorities, channels)` returns the place of each job in the common order: the jobs under
 * a fair channel keep the places that they have among all jobs, and share them out again among themselves. Nested fair
 * channels are done from the deepest up.
 */
export const turns = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_turns_1')}(p_seqs bigint[], p_priorities integer[], p_channels text[])
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_turns bigint[] := p_seqs;
  -- the subchannels that take turns, in the order of their names: when each was served last
  v_served bigint[];
  v_clock bigint;
  -- of each job, the place of its subchannel in that list; null for those that are not below the fair channel
  v_children integer[];
  f record;
  p record;
  r record;
BEGIN
  FOR f IN
    SELECT c.name FROM ${t.channel} c
    WHERE c.fair AND EXISTS (SELECT 1 FROM unnest(p_channels) j WHERE j = c.name OR starts_with(j, c.name || '.'))
    ORDER BY array_length(string_to_array(c.name, '.'), 1) DESC, c.name
  LOOP
    WITH jobs AS (
      SELECT u.at, CASE WHEN u.channel = f.name OR starts_with(u.channel, f.name || '.')
        THEN ${childOf('u.channel', 'f.name')} END COLLATE "C" AS child
      FROM unnest(p_channels) WITH ORDINALITY u (channel, at)
    ), placed AS (
      SELECT j.at, j.child, CASE WHEN j.child IS NOT NULL THEN dense_rank() OVER (ORDER BY j.child) END AS child_at FROM jobs j
    )
    SELECT
      (SELECT array_agg(q.child_at ORDER BY q.at) FROM placed q),
      (SELECT array_agg(coalesce(c.served, 0) ORDER BY d.child)
        FROM (SELECT DISTINCT q.child FROM placed q WHERE q.child IS NOT NULL) d
        LEFT JOIN LATERAL (SELECT b.served FROM ${t.channel} b WHERE b.name = d.child LIMIT 1) c ON true)
    INTO v_children, v_served;
    SELECT max(s) INTO v_clock FROM unnest(v_served) s;

    -- The jobs of a higher priority have their turns first, and count when those of the next are shared out.
    FOR p IN
      SELECT array_agg(u.at ORDER BY u.turn) AS jobs, array_agg(u.turn ORDER BY u.turn) AS turns,
        array_agg(u.child ORDER BY u.turn) AS children
      FROM unnest(v_turns, p_priorities, v_children) WITH ORDINALITY u (turn, priority, child, at)
      WHERE u.child IS NOT NULL GROUP BY u.priority ORDER BY u.priority
    LOOP
      FOR r IN
        SELECT q.at, q.child, row_number() OVER (ORDER BY q.round, v_served[q.child], q.first) AS place
        FROM (
          SELECT u.at, u.child, row_number() OVER w AS round, first_value(u.turn) OVER w AS first
          FROM unnest(p.jobs, p.turns, p.children) u (at, turn, child)
          WINDOW w AS (PARTITION BY u.child ORDER BY u.turn)
        ) q ORDER BY place
      LOOP
        v_turns[r.at] := p.turns[r.place];
        v_clock := v_clock + 1;
        v_served[r.child] := v_clock;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN v_turns;
END $$`;
