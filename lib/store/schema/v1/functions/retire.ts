import type { Tables } from '../../../connection/tables.js';

/**
 * `queue_job_retire(node)`: ends a node that holds nothing more, with its permits and claims. One that still holds jobs
 * keeps just the permits of these, and is left to be rescued. Called with the node's row and the channels locked.
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
  UPDATE ${t.meta} m SET fleet_version = m.fleet_version + 1;
  RETURN true;
END $$`;
