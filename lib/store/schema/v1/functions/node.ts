import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { ORPHANS_EVERY_S } from './rescue.js';

/**
 * `queue_job_held_jobs(node)`: what the database says that a node has. A node asks after a lost answer, and after the
 * channels have changed.
 */
export const heldJobs = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_held_jobs_1')}(p_node integer)
RETURNS TABLE (uuid uuid, retry integer, claim bigint) LANGUAGE sql AS $$
  SELECT j.uuid, j.retry, c.id
  FROM ${t.claim} c CROSS JOIN LATERAL unnest(c.jobs) u (uuid) JOIN ${t.job} j ON j.uuid = u.uuid AND j.node = p_node
  WHERE c.node = p_node
$$`;

/**
 * `queue_job_resync(node, running, unstarted)`: books the permits of a node anew, from what it runs and the channels as they are now.
 * `unstarted` are those of its jobs whose methods it has not called yet, see `rates.ts`.
 * Answers with
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
    'rated', coalesce((SELECT json_agg(c.name) FROM ${t.channel} c WHERE c.rate_limit IS NOT NULL), '[]'::json)
  );
END $$`;

/**
 * `queue_job_heartbeat(node)`: the one query a second of an idle node. Signs that the node is alive, marks those whose lock
 * is free or whose lease has run out, and answers with those that have been so for the grace (seconds), with
 * whether there is work, when the next eta comes, which jobs of this node somebody wants to cancel, and what is asked of the node
 * itself. A node that stops by itself says so.
 */
export const heartbeat = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_heartbeat_1')}(
  p_node integer, p_grace float8, p_lease float8, p_memory bigint, p_cpu float8, p_stopping boolean, p_poll boolean
)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_dead integer[];
  v_alive boolean;
  v_command text;
  v_now timestamptz := clock_timestamp();
  v_period bigint := extract(epoch FROM v_now) / ${ORPHANS_EVERY_S};
  v_database oid := (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
BEGIN
  UPDATE ${t.node} n
  SET date_seen = clock_timestamp(), suspect_since = NULL, memory = p_memory, cpu = p_cpu,
    command = CASE WHEN p_stopping THEN 'stop' ELSE n.command END,
    lease_until = CASE WHEN NOT n.listens THEN clock_timestamp() + p_lease * interval '1 second' END
  WHERE n.id = p_node AND n.alive RETURNING n.command INTO v_command;
  v_alive := FOUND;

  -- Only looked at, not taken: a lock taken to try it would look like life to the next node that looks.
  UPDATE ${t.node} n SET suspect_since = CASE WHEN l.lost THEN clock_timestamp() END
  FROM (
    SELECT o.id, CASE
      WHEN o.listens THEN NOT EXISTS (
        SELECT 1 FROM pg_locks k
        WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted AND k.pid = o.backend
          -- A copy of the database on the same server has the same nodes, and the locks of the original are none of its.
          AND k.database = v_database
          AND k.classid = ${unsigned(t.lockClass)} AND k.objid = o.id::oid
      )
      ELSE o.lease_until < clock_timestamp() END AS lost
    FROM ${t.node} o
    -- Two nodes that mark each other must not wait for each other.
    WHERE o.id IN (SELECT w.id FROM ${t.node} w WHERE w.alive AND w.id <> p_node FOR NO KEY UPDATE SKIP LOCKED)
  ) l
  WHERE n.id = l.id AND n.alive AND l.lost <> (n.suspect_since IS NOT NULL);
  v_dead := ARRAY(
    SELECT n.id FROM ${t.node} n
    WHERE n.alive AND n.suspect_since <= clock_timestamp() - p_grace * interval '1 second'
  );
  RETURN json_build_object(
    'alive', v_alive,
    'command', v_command,
    'now', extract(epoch FROM clock_timestamp()) * 1000,
    'dead', v_dead,
    'ready', p_poll AND EXISTS (SELECT 1 FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL),
    -- (PostgreSQL 15 and 16 can't subtract an infinite date, which only somebody's hand could have written.)
    'nextEta', (SELECT greatest(extract(epoch FROM greatest(j.eta, v_now) - v_now) * 1000, 0)
      FROM ${t.job} j WHERE j.phase = ${Phase.eta} AND j.eta < 'infinity' ORDER BY j.eta LIMIT 1),
    'version', (SELECT m.config_version FROM ${t.meta} m),
    'holds', EXISTS (SELECT 1 FROM ${t.claim} c WHERE c.node = p_node),
    -- The nodes take turns, without a word between them.
    'orphans', (SELECT v_period % count(*) = count(*) FILTER (WHERE n.id < p_node) FROM ${t.node} n WHERE n.alive),
    'followUp', EXISTS (SELECT 1 FROM ${t.followUp} f),
    'cancel', ARRAY(SELECT j.uuid FROM ${t.job} j WHERE j.cancel_by IS NOT NULL AND j.node = p_node)
  );
END $$`;

/**
 * `queue_job_retire(node)`: ends a node that holds nothing more, with its permits and claims. One that still holds jobs
 * keeps just the permits of these, and is left to be reaped. Called with the node's row and the channels locked.
 */
export const retire = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_retire_1')}(p_node integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM ${t.permit} p WHERE p.node = p_node;
  IF EXISTS (SELECT 1 FROM ${t.name('queue_job_held_jobs_1')}(p_node)) THEN
    INSERT INTO ${t.permit} (channel, node, count)
    SELECT u.limiting, p_node, count(*)
    FROM ${t.name('queue_job_held_jobs_1')}(p_node) h JOIN ${t.job} j ON j.uuid = h.uuid
    JOIN ${t.channel} c ON c.name = j.channel CROSS JOIN LATERAL unnest(c.limiting_channels) u (limiting)
    GROUP BY u.limiting;
    RETURN false;
  END IF;
  DELETE FROM ${t.claim} c WHERE c.node = p_node;
  PERFORM ${t.name('queue_job_restart_starts_1')}(p_node, '{}', true);
  UPDATE ${t.node} n SET alive = false, date_ended = clock_timestamp() WHERE n.id = p_node;
  RETURN true;
END $$`;

/**
 * `queue_job_leave(node)`: a node stops. The lock on its row waits for a round trip that is under way. Where it could not
 * give back all that it had, it is left as a node that has died a moment ago.
 */
export const leave = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_leave_1')}(p_node integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ${t.node} n WHERE n.id = p_node AND n.alive FOR UPDATE;
  IF NOT FOUND THEN RETURN true; END IF;
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  IF ${t.name('queue_job_retire_1')}(p_node) THEN RETURN true; END IF;
  UPDATE ${t.node} n SET lease_until = clock_timestamp() WHERE n.id = p_node AND NOT n.listens;
  RETURN false;
END $$`;

/** An `integer` as the `oid` that `pg_locks` shows of it. */
const unsigned = (value: number): string => `${value >>> 0}::oid`;
