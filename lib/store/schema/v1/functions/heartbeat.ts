import type { Tables } from '../../../connection/tables.js';
import { isExpired } from './expire.js';
import { Phase } from '../phase.js';
import { ORPHANS_EVERY_S } from './rescue-orphans.js';

/** Between two looks at the other nodes, in milliseconds for each second of the grace. */
const WATCH_MS = 150;

/**
 * `queue_job_heartbeat(node)`: the one query a second of an idle node. Signs that the node is alive, and returns
 * whether there is work, when the next eta comes, which jobs of this node somebody wants to cancel, and what is asked of the node
 * itself. A node that stops by itself says so. If the nodes are no longer those of version `p_fleet` of their list, it is
 * part of the answer: who can be notified, by what they can run.
 *
 * The first node that comes after a part of the grace watches the others: it marks those whose lock is free or whose lease
 * has run out, and gets those that have been so for the grace (seconds). When that was, is on the row of the oldest living
 * node. So a heartbeat costs the same however many nodes there are; it was n looks at n nodes each second before.
 */
export const heartbeat = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_heartbeat_1')}(
  p_node integer, p_grace float8, p_lease float8, p_memory bigint, p_cpu float8, p_stopping boolean, p_poll boolean, p_fleet bigint
)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_dead integer[] := '{}';
  v_first integer;
  v_watched timestamptz;
  v_watches boolean := false;
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

  SELECT f.id, f.date_watched INTO v_first, v_watched FROM ${t.node} f WHERE f.alive ORDER BY f.id LIMIT 1;
  IF v_watched IS NULL OR v_watched <= v_now - p_grace * interval '${WATCH_MS} milliseconds' THEN
    UPDATE ${t.node} n SET date_watched = v_now WHERE n.id = (
      SELECT w.id FROM ${t.node} w WHERE w.id = v_first AND w.date_watched IS NOT DISTINCT FROM v_watched FOR NO KEY UPDATE SKIP LOCKED
    );
    -- Whoever holds that row for long must not blind everybody.
    v_watches := FOUND OR v_watched <= v_now - p_grace * interval '1 second';
  END IF;
  IF v_watches THEN
    -- Only looked at, not taken: a lock taken to try it would look like life to the next node that looks.
    WITH held AS MATERIALIZED (
      SELECT k.pid, k.objid FROM pg_locks k
      WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted AND k.pid IS NOT NULL
        -- A copy of the database on the same server has the same nodes, and the locks of the original are none of its.
        AND k.database = v_database AND k.classid = ${unsigned(t.lockClass)}
    )
    UPDATE ${t.node} n SET suspect_since = CASE WHEN l.lost THEN clock_timestamp() END
    FROM (
      SELECT o.id, CASE
        WHEN o.listens THEN coalesce((o.backend, o.id::oid) NOT IN (SELECT h.pid, h.objid FROM held h), true)
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
  END IF;
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
    -- One look for orphans in each period, by whoever watches first in it.
    'orphans', v_watches AND (extract(epoch FROM v_watched) / ${ORPHANS_EVERY_S})::bigint IS DISTINCT FROM v_period,
    'fleet', (SELECT CASE WHEN m.fleet_version <> p_fleet THEN json_build_object('version', m.fleet_version, 'groups', ${groups(t)}) END FROM ${t.meta} m),
    'expired', EXISTS (SELECT 1 FROM ${t.job} j WHERE ${isExpired}),
    'followUp', EXISTS (SELECT 1 FROM ${t.followUp} f),
    'cancel', ARRAY(SELECT j.uuid FROM ${t.job} j WHERE j.cancel_by IS NOT NULL AND j.node = p_node)
  );
END $$`;

/** The nodes that hear notifications and take jobs, with their slots, those together that can run the same. */
const groups = (t: Tables): string => `coalesce((
      SELECT json_agg(json_build_object('names', g.names, 'channels', g.channels, 'nodes', g.nodes)) FROM (
        SELECT to_json(n.names) AS names, to_json(n.channels) AS channels, json_agg(json_build_array(n.id, n.concurrency) ORDER BY n.id) AS nodes
        FROM ${t.node} n WHERE n.alive AND n.listens AND n.command IS NULL GROUP BY n.names, n.channels
      ) g
    ), '[]'::json)`;

/** An `integer` as the `oid` that `pg_locks` shows of it. */
const unsigned = (value: number): string => `${value >>> 0}::oid`;
