import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { inStretch, stretches } from './low-water.js';

/** No capacity: room for more than any node asks for. */
export const UNLIMITED = 1_000_000_000;

/** Rows of each of many channels under a fair one that a claim looks at, at least. */
const FEWEST = 4;

/**
 * The ready jobs worth looking at, in the order in which they may start: a bounded number from each chosen channel,
 * merged. `at` is the place of the channel in `v_channels`, `path` the places of its limits in `g_name`, `cut` marks the
 * last one fetched of a channel that has more.
 *
 * How many of a channel: as many of each where channels take turns. Otherwise the fewer, the later the channel's first job
 * comes, since of a hundred jobs in order few are those of the hundredth channel; and none that comes after what was left
 * out (`v_rest`). Where they take turns, the first that was left out is a row
 * without a job: the claim stops there.
 */
const candidates = (t: Tables, marks: boolean): string => `
  SELECT x.row, x.priority, x.seq, x.at, x.path, x.cut, x.known, x.channel
  FROM (
    SELECT d.ctid AS row, d.priority, d.seq, h.at, h.path, h.fetch = h.most AND d.place = h.most AS cut,
      h.channel, d.known
    FROM (
      SELECT q.*,
        -- a channel gives no more than it has room for, and what may be prefetched
        least(q.most, coalesce((SELECT min(g_room[g]) FROM unnest(q.path) g), ${UNLIMITED})
          + CASE WHEN q.inherit THEN c_prefetch[q.at] + 1 ELSE 1 END) AS fetch,
        coalesce((SELECT bool_or(g_sequential[g]) FROM unnest(q.path) g), false) AS in_order
      FROM (
        SELECT w.*, CASE
          WHEN v_fair THEN least(w.total, greatest(2 * w.total / cardinality(v_channels), ${FEWEST}))
          ELSE least(w.total, greatest(2 * w.total / w.at, 2)) END::integer AS most
        FROM (
          SELECT f.channel, f.priority, f.seq, f.at::integer AS at, c.path, c.inherit,
            CASE WHEN c.ahead THEN v_slots + v_prefetch_left ELSE v_slots END AS total
          FROM unnest(v_channels, v_priorities, v_seqs) WITH ORDINALITY f (channel, priority, seq, at)
          CROSS JOIN LATERAL (
            SELECT array_agg(u.place) AS path, coalesce(bool_and(g_inherit[u.place]), true) AS inherit,
              coalesce(bool_and(g_inherit[u.place] OR g_book[u.place]), true) AS ahead
            FROM ${t.channel} b
            CROSS JOIN LATERAL (SELECT (v_places ->> g)::integer AS place FROM unnest(b.limiting_channels) g) u
            WHERE b.name = f.channel
          ) c
        ) w
      ) q
    ) h
    CROSS JOIN LATERAL (
      -- (The stretches and what is in them come in order, so the places count up.)
      SELECT k.*, row_number() OVER () AS place FROM ${
        marks
          ? `${stretches('h.channel')} s CROSS JOIN LATERAL (${entries(t, `AND ${inStretch}`)}) k LIMIT h.fetch`
          : `(${entries(t, '')}) k`
      }
    ) d
    UNION ALL ${inTheWay(t)}
    UNION ALL
    SELECT NULL::tid, v_heads.priorities[v_rest], v_heads.seqs[v_rest], NULL::integer, NULL::integer[], true, v_heads.channels[v_rest], false
    WHERE v_fair AND v_rest IS NOT NULL
  ) x`;

/** The ready jobs of the chosen channel `h` in order, no more than are worth looking at. */
const entries = (t: Tables, within: string): string => `
        SELECT j.ctid, j.priority, j.seq, j.name = ANY(p_names) AS known FROM ${t.job} j
        WHERE j.phase = ${Phase.ready} AND j.channel = h.channel ${within} AND j.node IS NULL
          AND (j.priority, j.seq) >= (h.priority, h.seq)
          AND (j.priority, j.seq) < (v_end_priority, v_end_seq)
          AND (h.in_order OR j.name = ANY(p_names))
        ORDER BY j.priority, j.seq LIMIT h.fetch`;

/**
 * What stands in the way of others under channels that go strictly in order, and can't start itself: the first job that
 * waits for its eta, and the first ready one of each channel that was not chosen (it has waited for locks since, it is
 * full, or the node doesn't know or serve it). Read in the statement of the candidates, so at their moment: a job that is
 * seen there is never taken before one that was called earlier.
 */
const inTheWay = (t: Tables): string => `
    SELECT NULL::tid, w.priority, w.seq, NULL::integer, ARRAY[q.at::integer], false, w.channel, false
    FROM unnest(g_name, g_sequential) WITH ORDINALITY q (name, sequential, at)
    CROSS JOIN LATERAL (
      SELECT j.priority, j.seq, j.channel FROM ${t.job} j
      WHERE q.sequential AND j.phase = ${Phase.eta} AND j.channel >= q.name AND j.channel < q.name || '/'
        AND (j.channel = q.name OR j.channel >= q.name || '.')
      ORDER BY j.priority, j.seq LIMIT 1
    ) w
    UNION ALL
    SELECT NULL::tid, f.priority, f.seq, NULL::integer, ARRAY[k.at], false, k.channel, false
    FROM (
      SELECT q.at::integer AS at, n.channel FROM unnest(g_name, g_sequential) WITH ORDINALITY q (name, sequential, at)
      CROSS JOIN LATERAL (
        WITH RECURSIVE below AS (
          (
            SELECT j.channel FROM ${t.job} j
            WHERE q.sequential AND j.phase = ${Phase.ready} AND j.channel >= q.name || '.' AND j.channel < q.name || '/'
            ORDER BY j.channel LIMIT 1
          )
          UNION ALL
          SELECT n.channel FROM below b CROSS JOIN LATERAL (
            SELECT j.channel FROM ${t.job} j
            WHERE j.phase = ${Phase.ready} AND j.channel > b.channel AND j.channel < q.name || '/' ORDER BY j.channel LIMIT 1
          ) n
        )
        SELECT q.name AS channel UNION ALL SELECT b.channel FROM below b
      ) n WHERE q.sequential AND n.channel <> ALL(v_channels)
    ) k CROSS JOIN LATERAL (
      SELECT j.priority, j.seq FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND j.channel = k.channel AND j.node IS NULL ORDER BY j.priority, j.seq LIMIT 1
    ) f`;

/** A statement each for with marks and without, since the places where to read on from cost more than reading. */
export const openCandidates = (t: Tables, marks: boolean): string => `
          IF v_fair THEN
            OPEN v_cursor FOR
              WITH x AS MATERIALIZED (
                SELECT c.*, row_number() OVER () AS nth FROM (${candidates(t, marks)}) c
              ), lists AS MATERIALIZED (
                SELECT ${t.name('queue_job_turns_1')}(array_agg(x.seq), array_agg(x.priority), array_agg(x.channel)) AS turns
                FROM (SELECT x.seq, x.priority, x.channel FROM x ORDER BY x.nth) x
              )
              SELECT x.* FROM x CROSS JOIN lists l ORDER BY x.priority, l.turns[x.nth];
          ELSE
            OPEN v_cursor FOR SELECT x.* FROM (${candidates(t, marks)}) x ORDER BY x.priority, x.seq;
          END IF;`;
