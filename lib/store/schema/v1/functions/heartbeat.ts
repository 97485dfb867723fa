import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { ORPHANS_EVERY_S } from './rescue.js';

/**
 * `queue_job_heartbeat(node)`: the one query a second of an idle node. Signs that the node is alive, marks those whose lock
 * is free or whose lease has run out, and returns those that have been so for the grace (seconds), with
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

/** An `integer` as the `oid` that `pg_locks` shows of it. */
const unsigned = (value: number): string => `${value >>> 0}::oid`;
