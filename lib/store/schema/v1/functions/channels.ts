import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';

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

/**
 * `queue_job_ensure_channels(names)`: makes the rows of channels on their first use, with those above them. A channel
 * gets what its parent's wildcard (`root.tenants.*`) says, or no limit of its own.
 *
 * It takes part in no configuration: nodes know the wildcards, and nothing runs yet in a channel without a row. So claims
 * go on meanwhile, and the first job of a tenant costs the same beside ten others and beside a hundred thousand. A lock
 * of their own lets those who make channels go one by one, from the top down and a statement each, so that each sees
 * what was made above it. (A row that was damaged by hand may have the name '', which has no parts.)
 */
export const ensureChannels = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_ensure_channels_1')}(p_names text[]) RETURNS void LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_missing text[];
  v_name text;
BEGIN
  -- Mostly another process has been here before, and nobody has to wait.
  v_missing := ARRAY(
    SELECT DISTINCT n.name FROM unnest(p_names) n (name) WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = n.name)
  );
  IF cardinality(v_missing) = 0 THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(${t.lockClass}, ${CREATION_LOCK});
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  FOR v_name IN
    SELECT DISTINCT array_to_string((string_to_array(n.name, '.'))[1:depth], '.') COLLATE "C" AS name
    FROM unnest(v_missing) n (name) CROSS JOIN LATERAL generate_series(1, greatest(1, cardinality(string_to_array(n.name, '.')))) depth
    ORDER BY 1
  LOOP
    INSERT INTO ${t.channel} (name, capacity, sequential, throttle, rate_limit, rate_per, fair, paused, removal_interval)
    SELECT v_name, w.capacity, coalesce(w.sequential, false), w.throttle, w.rate_limit, w.rate_per, coalesce(w.fair, false),
      coalesce(w.paused, false), w.removal_interval
    FROM (SELECT) one LEFT JOIN ${t.channel} w ON w.name = regexp_replace(v_name, '[^.]+$', '*') AND strpos(v_name, '.') > 0
    WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = v_name)
    ON CONFLICT (name) DO NOTHING;
    IF FOUND THEN
      UPDATE ${t.channel} c SET limiting_channels = ${limitingOf(t, 'c.name')} WHERE c.name = v_name;
    END IF;
  END LOOP;
END $$`;

/** The key of the lock that whoever makes channels takes, beside that of the configuration. */
const CREATION_LOCK = -1;

/** The channels that limit one, itself and those above it, each looked up by its name. */
const limitingOf = (t: Tables, name: string): string => `ARRAY(
      SELECT a.name FROM generate_series(1, cardinality(string_to_array(${name}, '.'))) depth
      JOIN ${t.channel} a ON a.name = array_to_string((string_to_array(${name}, '.'))[1:depth], '.') AND ${isLimiting('a')}
      ORDER BY a.name
    )`;

/** Whether a channel limits anything, so that a claim has to look at it. */
export function isLimiting(c: string): string {
  return `(${c}.capacity IS NOT NULL OR ${c}.throttle IS NOT NULL OR ${c}.rate_limit IS NOT NULL OR ${c}.sequential OR ${c}.fair OR ${c}.paused OR ${c}.held_until IS NOT NULL)`;
}
