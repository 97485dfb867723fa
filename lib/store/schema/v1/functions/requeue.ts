import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';

/** `queue_job_requeue(uuids)`: from the start again: retry 0, dates, result, error, eta and start_before cleared. */
export const requeue = (t: Tables): string => {
  const reset = {
    state: "'pending'",
    retry: '0',
    node: 'NULL',
    result: 'NULL',
    eta: 'NULL',
    start_before: 'NULL',
    date_enqueued: 'NULL',
    date_started: 'NULL',
    date_done: 'NULL',
    exec_time: 'NULL',
    exc_name: 'NULL',
    exc_message: 'NULL',
    exc_info: 'NULL',
    exc_fingerprint: 'NULL',
    progress: 'NULL',
    progress_total: 'NULL',
  };
  const assignments = Object.entries(reset).map(([column, value]) => `${column} = ${value}`);
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_requeue_1')}(p_uuids uuid[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_changed uuid[];
  v_back uuid[];
  v_children uuid[];
  v_batches uuid[];
  v_more uuid[];
BEGIN
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) ORDER BY j.uuid FOR UPDATE;
  v_batches := ARRAY(
    SELECT j.batch_uuid FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.phase = ${Phase.failed} AND j.batch_uuid IS NOT NULL
  );
  WITH changed AS (
    UPDATE ${t.job} j SET ${assignments.join(', ')}, phase = ${Phase.ready}, cancel_by = NULL, deaths = 0
    WHERE j.uuid = ANY(p_uuids) AND (j.phase = ${Phase.failed}
      OR j.node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = j.node AND n.alive))
    RETURNING j.uuid
  )
  SELECT coalesce(array_agg(c.uuid), '{}') INTO v_changed FROM changed c;
  WITH gone AS (
    DELETE FROM ${t.history} h WHERE h.uuid = ANY(p_uuids) RETURNING h.*
  ), back AS (
    INSERT INTO ${t.job} (${LASTING_COLUMNS.join(', ')}, phase)
    SELECT ${columnList('g', reset)}, 2 FROM gone g RETURNING uuid, batch_uuid
  )
  SELECT coalesce(array_agg(b.uuid), '{}'), array_agg(b.batch_uuid) FILTER (WHERE b.batch_uuid IS NOT NULL)
  INTO v_back, v_more FROM back b;
  v_batches := v_batches || v_more;

  -- What depends on a job that is to run again waits for it again, unless it has begun.
  v_children := ARRAY(SELECT DISTINCT d.child FROM ${t.dependency} d WHERE d.parent = ANY(v_back || v_changed));
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR NO KEY UPDATE;
  UPDATE ${t.dependency} d SET satisfied = false, lost = false
  WHERE d.parent = ANY(v_back) OR d.parent = ANY(v_changed) AND d.satisfied;
  UPDATE ${t.job} j SET state = 'wait_dependencies', phase = ${Phase.parents}
  WHERE j.uuid = ANY(v_children) AND j.phase IN (${Phase.eta}, ${Phase.ready}) AND j.node IS NULL AND j.retry = 0;

  v_changed := v_changed || v_back;
  -- A parent that is requeued at this moment has changed these, or will see this job.
  PERFORM 1 FROM ${t.dependency} d WHERE d.child = ANY(v_changed) ORDER BY d.parent, d.child FOR SHARE;
  -- One that was deleted or pruned can't be requeued any more, so nothing waits for it.
  UPDATE ${t.dependency} d SET satisfied = true, lost = false
  WHERE d.child = ANY(v_changed) AND NOT d.satisfied
    AND NOT EXISTS (SELECT 1 FROM ${t.job} p WHERE p.uuid = d.parent)
    AND NOT EXISTS (SELECT 1 FROM ${t.history} p WHERE p.uuid = d.parent);
  UPDATE ${t.job} j SET state = 'wait_dependencies', phase = ${Phase.parents}
  WHERE j.uuid = ANY(v_changed)
    AND EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied);
  PERFORM ${t.name('queue_job_retake_key_1')}(v_changed);
  IF cardinality(v_batches) > 0 THEN
    PERFORM ${t.name('queue_job_batch_check_1')}(NULL, NULL, v_batches, NULL);
  END IF;
  RETURN v_changed;
END $$`;
};
