import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';

/**
 * `queue_job_cancel(uuids, by)`: a job that a node has is only marked, with its node in the answer: the node ends it.
 *
 * As every action on jobs (requeue, set done, delete), it takes many uuids, locks the rows in order first and reads the
 * states in a separate statement, so that a claim under way has either happened or passed the job by. Each returns the jobs
 * it changed. What the change means for batches comes last, when all rows of jobs are written.
 */
export const cancel = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_cancel_1')}(p_uuids uuid[], p_by text)
RETURNS TABLE (uuid uuid, node integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_gone uuid[];
  v_batches uuid[];
  v_result json := to_json('Cancelled by ' || p_by);
BEGIN
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) ORDER BY j.uuid FOR UPDATE;
  WITH gone AS (
    DELETE FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.node IS NULL RETURNING j.*
  ), kept AS (
    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
    SELECT ${columnList('g', { state: "'cancelled'", result: 'v_result', date_done: 'clock_timestamp()' })} FROM gone g
  )
  SELECT coalesce(array_agg(g.uuid), '{}'), array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.phase <> ${Phase.failed})
  INTO v_gone, v_batches FROM gone g;
  v_batches := v_batches || ${t.name('queue_job_cancel_children_1')}(v_gone, v_result);
  RETURN QUERY SELECT g, NULL::integer FROM unnest(v_gone) g;
  RETURN QUERY UPDATE ${t.job} j SET cancel_by = p_by
    WHERE j.uuid = ANY(p_uuids) AND j.node IS NOT NULL RETURNING j.uuid, j.node;
  IF v_batches IS NOT NULL THEN PERFORM ${t.name('queue_job_batch_check_1')}(v_batches, NULL, NULL, NULL); END IF;
END $$`;
