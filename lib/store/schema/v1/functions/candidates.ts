import type { Tables } from '../../../connection/tables.js';
import { inStretch, stretches } from './low-water.js';
import { Phase } from '../phase.js';

/** No capacity: room for more than any node asks for. */
export const UNLIMITED = 1_000_000_000;

/**
 * The row `c` of each channel `f.channel`, looked up by its key. (A plain join may be planned while there are few
 * channels, as a loop over all of them; with 10,000 that takes seconds.)
 */
export const channelOf = (t: Tables): string =>
  `CROSS JOIN LATERAL (SELECT q.name, q.limiting_channels FROM ${t.channel} q WHERE q.name = f.channel LIMIT 1) c`;

/**
 * The ready jobs worth looking at, in the order in which they may start: a bounded number from each channel, merged.
 * `at` is the place of the channel in `v_channels`, `path` the places of its limits in `g_name`, `cut` marks the last one
 * fetched of a channel that has more.
 */
export const candidates = (t: Tables): string => `
  SELECT x.row, x.priority, x.seq, x.at, x.path, x.cut, x.known, x.channel
  FROM (
    SELECT d.ctid AS row, d.priority, d.seq, h.at, h.path, h.fetch = v_fetch AND d.place = v_fetch AS cut,
      h.channel, d.known
    FROM (
      SELECT f.channel, f.at::integer AS at,
        (SELECT array_agg(array_position(g_name, q)) FROM unnest(c.limiting_channels) q) AS path,
        -- a channel gives no more than it has room for, and what may wait at hand
        least(v_fetch, coalesce((SELECT min(g_room[array_position(g_name, q)]) FROM unnest(c.limiting_channels) q), ${UNLIMITED})
          + c_prefetch[f.at] + 1) AS fetch,
        coalesce((SELECT bool_or(g_sequential[array_position(g_name, q)]) FROM unnest(c.limiting_channels) q), false) AS in_order
      FROM unnest(v_channels) WITH ORDINALITY f (channel, at) ${channelOf(t)}
    ) h
    CROSS JOIN LATERAL (
      -- (The stretches and what is in them come in order, so the places count up.)
      SELECT k.*, row_number() OVER () AS place
      FROM ${stretches('h.channel')} s
      CROSS JOIN LATERAL (
        SELECT j.ctid, j.priority, j.seq, j.name = ANY(p_names) AS known FROM ${t.job} j
        WHERE j.phase = ${Phase.ready} AND j.channel = h.channel AND ${inStretch} AND j.node IS NULL
          AND (h.in_order OR j.name = ANY(p_names))
        ORDER BY j.priority, j.seq LIMIT h.fetch
      ) k LIMIT h.fetch
    ) d
    UNION ALL ${inTheWay(t)}
  ) x`;

/**
 * What stands in the way of others under channels that go strictly in order, and can't start itself: the first job that
 * waits for its eta, and the first ready one of each channel that was not found when the claim looked for channels (it
 * has waited for locks since, or the node doesn't serve it). Read in the statement of the candidates, so at their moment:
 * a job that is seen there is never taken before one that was called earlier.
 */
const inTheWay = (t: Tables): string => `
    SELECT NULL::tid, w.priority, w.seq, NULL::integer, ARRAY[q.at::integer], false, w.channel, false
    FROM unnest(g_name, g_sequential) WITH ORDINALITY q (name, sequential, at)
    CROSS JOIN LATERAL (
      (SELECT j.priority, j.seq, j.channel FROM ${t.job} j
      WHERE q.sequential AND j.phase = ${Phase.eta} AND j.channel >= q.name AND j.channel < q.name || '/'
        AND (j.channel = q.name OR j.channel >= q.name || '.')
      ORDER BY j.priority, j.seq LIMIT 1)
      UNION ALL
      SELECT k.priority, k.seq, k.channel
      FROM unnest(CASE WHEN q.sequential THEN ${t.name('queue_job_ready_channels_1')}('{}', '{}', '{}') END) f (channel)
      CROSS JOIN LATERAL (
        SELECT j.priority, j.seq, j.channel FROM ${t.job} j
        WHERE j.phase = ${Phase.ready} AND j.channel = f.channel AND j.node IS NULL ORDER BY j.priority, j.seq LIMIT 1
      ) k
      WHERE f.channel <> ALL(v_channels) AND (f.channel = q.name OR starts_with(f.channel, q.name || '.'))
    ) w`;
