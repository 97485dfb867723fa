import type { Tables } from '../../tables.js';

/** No capacity: room for more than any node asks for. */
export const UNLIMITED = 1_000_000_000;

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
        (SELECT array_agg(array_position(g_name, q)) FROM unnest(c.gates) q) AS path,
        -- a channel gives no more than it has room for, and what may wait at hand
        least(v_fetch, coalesce((SELECT min(g_room[array_position(g_name, q)]) FROM unnest(c.gates) q), ${UNLIMITED})
          + c_hand[f.at] + 1) AS fetch,
        coalesce((SELECT bool_or(g_sequential[array_position(g_name, q)]) FROM unnest(c.gates) q), false) AS in_order
      FROM unnest(v_channels) WITH ORDINALITY f (channel, at) JOIN ${t.channel} c ON c.name = f.channel
    ) h
    CROSS JOIN LATERAL (
      SELECT s.ctid, s.priority, s.seq, s.name = ANY(p_names) AS known,
        row_number() OVER (ORDER BY s.priority, s.seq) AS place
      FROM ${t.job} s
      WHERE s.phase = 2 AND s.channel = h.channel AND s.node IS NULL
        AND (h.in_order OR s.name = ANY(p_names))
      ORDER BY s.priority, s.seq LIMIT h.fetch
    ) d
  ) x`;
