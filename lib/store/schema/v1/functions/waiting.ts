import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** What is looked at: channels with their priorities, and the first jobs of each. */
const PAIRS = 500;
const HEADS = 20;
/** Pairs of channel and name without a node that are named. */
const UNSERVED = 20;

/** Whether the node `n` serves the channel of `p`. */
const serves = `(n.channels IS NULL OR EXISTS (
        SELECT FROM unnest(n.channels) o (name) WHERE p.channel = o.name OR p.channel >= o.name || '.' AND p.channel < o.name || '/'
      ))`;

/**
 * `queue_job_waiting()`: the job that has waited longest for its turn, and the names among those at the front which no
 * living node knows: since claims pass them by, the front is where they gather; for how long the oldest of each channel
 * has waited, in seconds; and `unserved`, pairs of a channel and a name that living nodes know, but none of those that serve
 * the channel: the name is null if none serves it at all. It looks at the first jobs of each
 * channel and priority, however many stand behind them.
 */
export const waiting = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_waiting_1')}(OUT uuid uuid, OUT seconds float8, OUT unknown text[], OUT channels json, OUT unserved json)
LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_known text[] := ARRAY(SELECT DISTINCT unnest(n.names) FROM ${t.node} n WHERE n.alive);
BEGIN
  WITH RECURSIVE pairs AS (
    (SELECT j.channel, j.priority, 1 AS place FROM ${t.job} j WHERE j.phase = ${Phase.ready} ORDER BY j.channel, j.priority LIMIT 1)
    UNION ALL
    SELECT n.channel, n.priority, p.place + 1 FROM pairs p CROSS JOIN LATERAL (
      SELECT j.channel, j.priority FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND (j.channel, j.priority) > (p.channel, p.priority) ORDER BY j.channel, j.priority LIMIT 1
    ) n WHERE p.place < ${PAIRS}
  ), heads AS MATERIALIZED (
    SELECT h.* FROM pairs p CROSS JOIN LATERAL (
      SELECT j.uuid, j.name, j.channel, greatest(j.date_created, j.eta) AS since FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND j.channel = p.channel AND j.priority = p.priority AND j.node IS NULL ORDER BY j.seq LIMIT ${HEADS}
    ) h
  )
  SELECT o.uuid, greatest(extract(epoch FROM clock_timestamp() - o.since), 0), (
    SELECT coalesce(array_agg(DISTINCT h.name), '{}') FROM heads h WHERE h.name <> ALL(v_known)
  ), (
    SELECT json_object_agg(c.channel, greatest(extract(epoch FROM clock_timestamp() - c.since), 0)) FROM (
      SELECT h.channel, min(h.since) AS since FROM heads h WHERE isfinite(h.since) GROUP BY h.channel
    ) c
  ), (
    SELECT coalesce(json_agg(json_build_array(u.channel, u.name)), '[]') FROM (
      SELECT DISTINCT p.channel, CASE WHEN EXISTS (SELECT FROM ${t.node} n WHERE n.alive AND ${serves}) THEN p.name END AS name
      FROM (SELECT DISTINCT h.channel, h.name FROM heads h WHERE h.name = ANY(v_known)) p
      WHERE NOT EXISTS (SELECT FROM ${t.node} n WHERE n.alive AND p.name = ANY(n.names) AND ${serves})
      ORDER BY 1, 2 LIMIT ${UNSERVED}
    ) u
  ) INTO uuid, seconds, unknown, channels, unserved
  FROM (SELECT) one LEFT JOIN LATERAL (SELECT h.uuid, h.since FROM heads h WHERE isfinite(h.since) ORDER BY h.since LIMIT 1) o ON true;
END $$`;
