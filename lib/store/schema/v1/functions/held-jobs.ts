import type { Tables } from '../../../connection/tables.js';

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
