import type { Tables } from '../../../connection/tables.js';
import { isLimiting } from './limiting.js';

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
    'limiting', ${names(t, isLimiting('c'))}, 'throttled', ${names(t, 'c.throttle IS NOT NULL')}, 'rated', ${names(t, 'c.rate_limit IS NOT NULL')},
    'exceptions', coalesce((SELECT json_agg(c.name) FROM ${t.channel} c JOIN ${t.channel} w ON ${wildcardOf} WHERE NOT ${ALIKE}), '[]'::json),
    'paused', coalesce((SELECT json_agg(f.name) FROM ${t.jobFunction} f WHERE f.date_paused IS NOT NULL), '[]'::json)
  );
END $$`;

/** The wildcard `w` right above a channel `c`. */
const wildcardOf = `w.name = regexp_replace(c.name, '[^.]+$', '*') AND right(c.name, 2) <> '.*'`;

/** That the limits of a channel `c` are those of the wildcard `w`, from which it was made. */
const ALIKE = `((c.capacity, c.sequential, c.throttle, c.rate_limit, c.rate_per, c.fair, c.paused)
      IS NOT DISTINCT FROM (w.capacity, w.sequential, w.throttle, w.rate_limit, w.rate_per, w.fair, w.paused) AND c.held_until IS NULL)`;

/**
 * The names of the channels `c` of which something is true, as JSON: those that are as their wildcard says stand for
 * themselves by the name of that, so that a hundred thousand tenants are one name.
 */
const names = (t: Tables, is: string): string => `coalesce((
      SELECT json_agg(c.name) FROM ${t.channel} c WHERE ${is} AND NOT EXISTS (SELECT 1 FROM ${t.channel} w WHERE ${wildcardOf} AND ${ALIKE})
    ), '[]'::json)`;
