import type { Tables } from '../../../connection/tables.js';

/**
 * `queue_job_rescue(node, grace)`: gives back the jobs and the permits of a dead node, in one transaction. The lock on the
 * node's row waits for a claim or settle of that node that is under way, and refuses any later one; only then, in new
 * statements, is it read what the node had. A job whose row a transaction still holds (a transactional job that was cut
 * off in its commit) stays with the node for now, and the next second comes again. Returns the attempts that ended so,
 * or null if the node lives after all.
 */
export const rescue = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_rescue_1')}(p_node integer, p_grace float8)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_jobs uuid[];
  v_attempts json;
BEGIN
  PERFORM 1 FROM ${t.node} n WHERE n.id = p_node AND n.alive FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM ${t.node} n
  WHERE n.id = p_node
    AND n.suspect_since <= clock_timestamp() - p_grace * interval '1 second'
    AND CASE WHEN n.listens THEN pg_try_advisory_xact_lock(${t.lockClass}, n.id) ELSE n.lease_until < clock_timestamp() END;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  v_jobs := ARRAY(
    SELECT j.uuid FROM ${t.job} j
    WHERE j.uuid = ANY(ARRAY(SELECT h.uuid FROM ${t.name('queue_job_held_jobs_1')}(p_node) h)) AND j.node = p_node
    ORDER BY j.uuid FOR UPDATE SKIP LOCKED
  );
  v_attempts := ${t.name('queue_job_give_back_1')}(p_node, v_jobs);
  PERFORM ${t.name('queue_job_retire_1')}(p_node);
  RETURN v_attempts;
END $$`;
