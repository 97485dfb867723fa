import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';

/** Entries of the ready index that a claim may read in vain before it tells of it: some milliseconds. */
const WALK = 20_000;

/** Beyond all priorities and numbers. */
export const LEAST = -2_147_483_648;
export const GREATEST = 2_147_483_647;

/**
 * Low-water marks: by channel and priority, the number of a job below which nothing is ready.
 *
 * While somebody holds an old snapshot (a report, a forgotten transaction), PostgreSQL keeps the entries of all jobs
 * that have ended since, at the very front of the ready index, and every claim would walk over all of them. A claim that
 * is given marks reads only what lies beyond. See the node's `LowWater` for how they are found, and why no job is lost
 * behind one.
 */

/**
 * `queue_job_ready_heads(names, marks…)`: each channel in the ready index, in the order of their names, with
 * - `priorities`, `seqs`: its first entry, be it free or held by a node. Nothing in it can come before that, whatever is
 *   given back meanwhile.
 * - `free_…`: its first free job that a node which knows these names may take, or null.
 * - `strange_…`, by channels of their own: its first free job, where a node doesn't know its name.
 *
 * The marks come in the order of the index; a null for `names` means every name. A loose scan: one probe of the index for
 * each channel and mark, and one or two more where the first entry isn't a job to take. (The scan is a recursive query,
 * which takes half the time of a loop in PL/pgSQL.)
 *
 * It is STABLE, so that all its probes see one moment. With a moment each, it could miss a job in a channel that it has
 * passed, and find one that was called after that in a channel still to come: under a sequential channel that one would
 * start first.
 */
export const readyHeads = (t: Tables): string => {
  const ready = (upTo: string): string => `${t.job} j WHERE j.phase = ${Phase.ready} ${upTo}`;
  const columns = `j.channel, j.priority, j.seq, j.node IS NULL AS free, p_names IS NULL OR j.name = ANY(p_names) AS known`;
  const next = (from: string, upTo: string, more: string): string => `
        LEFT JOIN LATERAL (
          SELECT j.priority, j.seq, p_names IS NULL OR j.name = ANY(p_names) AS known
          FROM ${ready(upTo)} AND j.node IS NULL AND j.channel = f.channel AND (j.priority, j.seq) > (${from}.priority, ${from}.seq)
            AND ${more}
          ORDER BY j.priority, j.seq LIMIT 1
        )`;
  const scan = (upTo: string): string => `
      WITH RECURSIVE first AS (
        (
          SELECT ${columns}
          FROM ${ready(upTo)} AND (j.channel, j.priority, j.seq) > (v_channel, v_priority, v_seq)
          ORDER BY j.channel, j.priority, j.seq LIMIT 1
        )
        UNION ALL
        SELECT n.* FROM first f CROSS JOIN LATERAL (
          SELECT ${columns}
          FROM ${ready(upTo)} AND j.channel > f.channel
          ORDER BY j.channel, j.priority, j.seq LIMIT 1
        ) n
      ), heads AS (
        SELECT f.channel, f.priority, f.seq,
          CASE WHEN f.free THEN f.priority ELSE o.priority END AS open_priority,
          CASE WHEN f.free THEN f.seq ELSE o.seq END AS open_seq,
          coalesce(CASE WHEN f.free THEN f.known ELSE o.known END, true) AS known,
          CASE WHEN f.free AND f.known THEN f.priority WHEN o.known THEN o.priority ELSE k.priority END AS free_priority,
          CASE WHEN f.free AND f.known THEN f.seq WHEN o.known THEN o.seq ELSE k.seq END AS free_seq
        FROM first f${next('f', upTo, 'NOT f.free')} o ON true${next('f', upTo, `NOT coalesce(CASE WHEN f.free THEN f.known ELSE o.known END, true) AND j.name = ANY(p_names)`)} k ON true
      )
      SELECT
        channels || coalesce(array_agg(h.channel), '{}'), priorities || coalesce(array_agg(h.priority), '{}'),
        seqs || coalesce(array_agg(h.seq), '{}'),
        free_priorities || coalesce(array_agg(h.free_priority), '{}'), free_seqs || coalesce(array_agg(h.free_seq), '{}'),
        strange_channels || coalesce(array_agg(h.channel) FILTER (WHERE NOT h.known), '{}'),
        strange_priorities || coalesce(array_agg(h.open_priority) FILTER (WHERE NOT h.known), '{}'),
        strange_seqs || coalesce(array_agg(h.open_seq) FILTER (WHERE NOT h.known), '{}')
      INTO channels, priorities, seqs, free_priorities, free_seqs, strange_channels, strange_priorities, strange_seqs
      FROM heads h;`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_ready_heads_1')}(
  p_names text[], p_mark_channels text[], p_mark_priorities integer[], p_mark_seqs bigint[],
  OUT channels text[], OUT priorities integer[], OUT seqs bigint[], OUT free_priorities integer[], OUT free_seqs bigint[],
  OUT strange_channels text[], OUT strange_priorities integer[], OUT strange_seqs bigint[]
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  -- where the look goes on from
  v_channel text := '';
  v_priority integer := ${LEAST};
  v_seq bigint := 0;
BEGIN
  channels := '{}'; priorities := '{}'; seqs := '{}'; free_priorities := '{}'; free_seqs := '{}';
  strange_channels := '{}'; strange_priorities := '{}'; strange_seqs := '{}';
  FOR m IN 1 .. cardinality(p_mark_channels) + 1 LOOP
    -- From where the look has come to up to what lies before this mark, or up to the end.
    IF m > cardinality(p_mark_channels) THEN${scan('')}
    ELSE${scan('AND (j.channel, j.priority) < (p_mark_channels[m], p_mark_priorities[m])')}
      v_channel := p_mark_channels[m];
      v_priority := p_mark_priorities[m];
      v_seq := p_mark_seqs[m] - 1;
      -- (A channel with a job to take is behind us as a whole.)
      IF v_channel = channels[cardinality(channels)] AND free_seqs[cardinality(channels)] IS NOT NULL THEN
        v_priority := ${GREATEST}; v_seq := ${Number.MAX_SAFE_INTEGER};
      END IF;
    END IF;
  END LOOP;
END $$`;
};

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
