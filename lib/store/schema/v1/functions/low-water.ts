import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';

/** Entries of the ready index that a claim may read in vain before it tells of it: some milliseconds. */
const WALK = 20_000;

/** Beyond all priorities and numbers. */
const LEAST = -2_147_483_648;
const GREATEST = 2_147_483_647;

/**
 * Low-water marks: by channel and priority, the number of a job below which nothing is ready.
 *
 * While somebody holds an old snapshot (a report, a forgotten transaction), PostgreSQL keeps the entries of all jobs
 * that have ended since, at the very front of the ready index, and every claim would walk over all of them. A claim that
 * is given marks reads only what lies beyond. See the node's `LowWater` for how they are found, and why no job is lost
 * behind one.
 *
 * `queue_job_ready_channels(marks…)`: the channels that have ready jobs, by one probe of the index for each channel and
 * mark. The marks come in the order of the index.
 *
 * It is STABLE, so that all its probes see one moment. With a moment each, it could miss a job in a channel that it has
 * passed, and find one that was called after that in a channel still to come: under a sequential channel that one would
 * start first.
 */
export const readyChannels = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_ready_channels_1')}(
  p_mark_channels text[], p_mark_priorities integer[], p_mark_seqs bigint[]
) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  v_channels text[] := '{}';
  v_found text;
  -- where the look goes on from
  v_channel text := '';
  v_priority integer := ${LEAST};
  v_seq bigint := 0;
BEGIN
  FOR m IN 1 .. cardinality(p_mark_channels) + 1 LOOP
    -- From where the look has come to up to what lies before this mark, or up to the end.
    LOOP
      IF m > cardinality(p_mark_channels) THEN
        SELECT j.channel INTO v_found FROM ${t.job} j
        WHERE j.phase = ${Phase.ready} AND (j.channel, j.priority, j.seq) > (v_channel, v_priority, v_seq)
        ORDER BY j.channel, j.priority, j.seq LIMIT 1;
      ELSE
        SELECT j.channel INTO v_found FROM ${t.job} j
        WHERE j.phase = ${Phase.ready} AND (j.channel, j.priority, j.seq) > (v_channel, v_priority, v_seq)
          AND (j.channel, j.priority) < (p_mark_channels[m], p_mark_priorities[m])
        ORDER BY j.channel, j.priority, j.seq LIMIT 1;
      END IF;
      EXIT WHEN NOT FOUND;
      v_channels := array_append(v_channels, v_found);
      v_channel := v_found;
      v_priority := ${GREATEST};
      v_seq := ${Number.MAX_SAFE_INTEGER};
    END LOOP;
    -- (A channel that was found is behind us as a whole.)
    IF (p_mark_channels[m] COLLATE "C", p_mark_priorities[m]) > (v_channel, v_priority) THEN
      v_channel := p_mark_channels[m];
      v_priority := p_mark_priorities[m];
      v_seq := p_mark_seqs[m] - 1;
    END IF;
  END LOOP;
  RETURN v_channels;
END $$`;

/** Leaves out the marks of channels that go strictly in order: what comes back below one must not be overtaken. */
export const orderMarks = (t: Tables): string => `
    IF cardinality(p_mark_channels) > 0 THEN
      SELECT coalesce(array_agg(m.channel ORDER BY m.channel COLLATE "C", m.priority), '{}'),
        coalesce(array_agg(m.priority ORDER BY m.channel COLLATE "C", m.priority), '{}'),
        coalesce(array_agg(m.seq ORDER BY m.channel COLLATE "C", m.priority), '{}')
      INTO p_mark_channels, p_mark_priorities, p_mark_seqs
      FROM unnest(p_mark_channels, p_mark_priorities, p_mark_seqs) m (channel, priority, seq)
      JOIN ${t.channel} c ON c.name = m.channel
      WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} b WHERE b.name = ANY(c.limiting_channels) AND b.sequential);
    END IF;`;

/**
 * A FROM item: the stretches `s (priority, seq, last)` of a channel's part of the ready index that are to be read, in
 * its order; see {@link inStretch}. Without marks it is one, the whole.
 */
export const stretches = (channel: string): string => `(
  SELECT u.priority, u.seq, u.last FROM (
    SELECT array_agg(m.priority ORDER BY m.priority) AS priorities, array_agg(m.seq ORDER BY m.priority) AS seqs,
      array_agg(m.priority::bigint - 1 ORDER BY m.priority) AS lasts
    FROM unnest(p_mark_channels, p_mark_priorities, p_mark_seqs) m (channel, priority, seq)
    WHERE m.channel = ${channel}
  ) g CROSS JOIN LATERAL unnest(
    array_prepend((${LEAST})::integer, g.priorities), array_prepend(0::bigint, g.seqs), array_append(g.lasts, ${GREATEST}::bigint)
  ) u (priority, seq, last)
)`;

/** That a job `j` is in a stretch `s`. */
export const inStretch = `(j.priority, j.seq) >= (s.priority, s.seq) AND j.priority <= s.last`;

/** The entries of the ready index that this transaction has read so far, dead ones among them. */
export const entriesRead = (t: Tables): string =>
  `coalesce(pg_stat_get_xact_tuples_returned(to_regclass(${t.literal('queue_job_ready')})), 0)`;

/** What is told of the entries that were read, null where it is no more than usual. */
export const walked = (t: Tables): string =>
  `nullif(greatest(${entriesRead(t)} - v_read - 2 * p_slots - 2 * v_prefetch_asked, ${WALK}), ${WALK})`;
