import type { Tables } from '../../../connection/tables.js';

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
