import type { Tables } from '../../../connection/tables.js';
import { limitingOf } from './limiting.js';

/**
 * `queue_job_update_limiting_channels()`: works out again at which channels a claim has to look, and gives the configuration a new version.
 * Called under the exclusive lock of the configuration, so no claim is under way.
 *
 * A channel that limits something from now on has jobs running that took no permit for it. They are booked here, for
 * every node, from what the nodes have claimed (that may be too many, never too few); each node books its own exactly
 * when it takes up the new version.
 */
export const updateLimiting = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_update_limiting_channels_1')}() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_version bigint;
BEGIN
  UPDATE ${t.channel} c SET held_until = NULL, held_by = NULL WHERE c.held_until < clock_timestamp();
  DELETE FROM ${t.permit} p WHERE NOT EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = p.node AND n.alive);
  WITH changed AS (
    SELECT c.name, c.limiting_channels AS before, ${limitingOf(t, 'c.name')} AS after
    FROM ${t.channel} c WHERE right(c.name, 2) <> '.*'
  ), written AS (
    UPDATE ${t.channel} c SET limiting_channels = h.after FROM changed h WHERE c.name = h.name AND c.limiting_channels <> h.after
    RETURNING c.name
  )
  INSERT INTO ${t.permit} AS p (channel, node, count)
  SELECT g.limiting, j.node, count(*)
  FROM written w
  JOIN changed h ON h.name = w.name
  CROSS JOIN LATERAL unnest(h.after) g (limiting)
  JOIN ${t.job} j ON j.channel = h.name AND j.node IS NOT NULL
    AND j.uuid IN (SELECT unnest(c.jobs) FROM ${t.claim} c)
  WHERE g.limiting <> ALL(h.before) AND EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = j.node AND n.alive)
  GROUP BY g.limiting, j.node
  ON CONFLICT (channel, node) DO UPDATE SET count = p.count + excluded.count;
  UPDATE ${t.meta} m SET config_version = m.config_version + 1 RETURNING m.config_version INTO v_version;
  RETURN v_version;
END $$`;
