import type { Tables } from '../../../connection/tables.js';

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
  DELETE FROM ${t.permit} p WHERE NOT EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = p.node AND n.alive);
  WITH changed AS (
    SELECT c.name, c.limiting_channels AS before, ARRAY(
      SELECT a.name FROM ${t.channel} a
      WHERE right(a.name, 2) <> '.*' AND ${isLimiting('a')} AND (a.name = c.name OR starts_with(c.name, a.name || '.'))
      ORDER BY a.name
    ) AS after
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
 */
export const ensureChannels = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_ensure_channels_1')}(p_names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_limited boolean;
BEGIN
  -- Mostly another process has been here before, and nobody has to wait.
  IF NOT EXISTS (
    SELECT 1 FROM unnest(p_names) n (name) WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = n.name)
  ) THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(${t.lockClass}, 0);
  WITH RECURSIVE paths AS (
    SELECT DISTINCT n.name FROM unnest(p_names) n (name)
    UNION
    SELECT regexp_replace(p.name, '\\.[^.]+$', '') FROM paths p WHERE p.name LIKE '%.%'
  ), made AS (
    INSERT INTO ${t.channel} (name, capacity, sequential, throttle, rate_limit, rate_per, fair, paused, removal_interval, limiting_channels)
    SELECT p.name, w.capacity, coalesce(w.sequential, false), w.throttle, w.rate_limit, w.rate_per, coalesce(w.fair, false),
      coalesce(w.paused, false), w.removal_interval,
      ARRAY(SELECT a.name FROM ${t.channel} a
        WHERE right(a.name, 2) <> '.*' AND ${isLimiting('a')} AND starts_with(p.name, a.name || '.') ORDER BY a.name)
    FROM paths p
    LEFT JOIN ${t.channel} w ON w.name = regexp_replace(p.name, '[^.]+$', '*') AND p.name LIKE '%.%'
    ON CONFLICT (name) DO NOTHING
    RETURNING ${isLimiting('')} AS limited
  )
  SELECT bool_or(m.limited) INTO v_limited FROM made m;
  IF v_limited THEN PERFORM ${t.name('queue_job_update_limiting_channels_1')}(); END IF;
END $$`;

/** Whether a channel limits anything, so that a claim has to look at it. */
function isLimiting(alias: string): string {
  const c = alias === '' ? '' : `${alias}.`;
  return `(${c}capacity IS NOT NULL OR ${c}throttle IS NOT NULL OR ${c}rate_limit IS NOT NULL OR ${c}sequential OR ${c}fair OR ${c}paused)`;
}
