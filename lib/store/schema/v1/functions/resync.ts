import type { Tables } from '../../../connection/tables.js';

/**
 * `queue_job_resync(node, running, unstarted)`: books the permits of a node again, from what it runs and the channels as they are now.
 * `unstarted` are those of its jobs whose methods it has not called yet, see `rates.ts`.
 * Returns
 * the version of the configuration, the channels that limit anything, and the runs that were found and counted; null
 * where the node was given up.
 */
export const resync = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_resync_1')}(p_node integer, p_running uuid[], p_unstarted uuid[])
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_version bigint;
  v_counted uuid[];
BEGIN
  -- First the node's row, then the lock of the channels: the order of everybody who takes both.
  PERFORM 1 FROM ${t.node} n WHERE n.id = p_node AND n.alive FOR KEY SHARE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  SELECT m.config_version INTO v_version FROM ${t.meta} m;
  DELETE FROM ${t.permit} p WHERE p.node = p_node;
  -- Locked, so that a transactional job which is ending at this moment is counted either here or nowhere.
  v_counted := ARRAY(
    SELECT j.uuid FROM ${t.job} j WHERE j.uuid = ANY(p_running) AND j.node = p_node ORDER BY j.uuid FOR NO KEY UPDATE
  );
  INSERT INTO ${t.permit} (channel, node, count)
  SELECT u.limiting, p_node, count(*)
  FROM ${t.job} j JOIN ${t.channel} c ON c.name = j.channel CROSS JOIN LATERAL unnest(c.limiting_channels) u (limiting)
  WHERE j.uuid = ANY(v_counted)
  GROUP BY u.limiting;
  PERFORM ${t.name('queue_job_restart_starts_1')}(p_node, p_unstarted, false);
  UPDATE ${t.node} n SET config_version = v_version WHERE n.id = p_node;
  RETURN json_build_object(
    'version', v_version, 'counted', v_counted,
    'limiting', coalesce((SELECT json_agg(g.name) FROM (SELECT DISTINCT unnest(c.limiting_channels) AS name FROM ${t.channel} c) g), '[]'::json),
    'throttled', coalesce((SELECT json_agg(c.name) FROM ${t.channel} c WHERE c.throttle IS NOT NULL), '[]'::json),
    'rated', coalesce((SELECT json_agg(c.name) FROM ${t.channel} c WHERE c.rate_limit IS NOT NULL), '[]'::json),
    'paused', coalesce((SELECT json_agg(f.name) FROM ${t.jobFunction} f WHERE f.date_paused IS NOT NULL), '[]'::json)
  );
END $$`;
