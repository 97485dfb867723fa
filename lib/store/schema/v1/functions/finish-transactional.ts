import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { OLD_SNAPSHOT } from './follow-up.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_finish_transactional(…)`: the end of a transactional job, in its own transaction: `done` commits together with what the
 * job wrote. Answers `done`, or
 * `released` where jobs that depended on it, or callbacks of its batch, may run now; `deferred` where that is left to
 * `queue_job_follow_up`, to be called after the commit; `cancelled` where somebody asked to cancel it, or `fenced` where the job is no longer
 * this node's: then nothing is written, and the transaction has to be rolled back.
 */
export const finishTransactional = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_finish_transactional_1')}(
  p_node integer, p_uuid uuid, p_retry integer, p_result json, p_started float8
) RETURNS text LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_cancel text;
  v_parent boolean;
  v_batch uuid;
  v_batches uuid[];
  v_released integer := 0;
BEGIN
  SELECT j.cancel_by, j.has_children, j.batch_uuid INTO v_cancel, v_parent, v_batch FROM ${t.job} j
  WHERE j.uuid = p_uuid AND j.node = p_node AND j.retry = p_retry FOR UPDATE;
  IF NOT FOUND THEN RETURN 'fenced'; END IF;
  IF v_cancel IS NOT NULL THEN RETURN 'cancelled'; END IF;
  WITH ended AS (
    DELETE FROM ${t.job} j WHERE j.uuid = p_uuid RETURNING j.*
  )
  INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
  SELECT ${columnList('e', {
    state: "'done'",
    result: 'p_result',
    date_started: "v_now - p_started * interval '1 millisecond'",
    date_done: 'v_now',
    exec_time: 'p_started / 1000',
    exc_name: 'NULL',
    exc_message: 'NULL',
    exc_info: 'NULL',
    exc_fingerprint: 'NULL',
  })} FROM ended e;
  IF ${OLD_SNAPSHOT} AND (v_parent OR v_batch IS NOT NULL) THEN
    -- It can't tell whether another parent, or the last other member, has ended since its snapshot.
    UPDATE ${t.dependency} d SET satisfied = true, lost = false WHERE d.parent = p_uuid AND NOT d.satisfied;
    INSERT INTO ${t.followUp} (kind, job_uuid, batch_uuid) VALUES ('done', p_uuid, v_batch);
    RETURN 'deferred';
  END IF;
  IF v_parent THEN
    SELECT r.released, r.batches INTO v_released, v_batches FROM ${t.name('queue_job_release_1')}(ARRAY[p_uuid]) r;
  END IF;
  IF v_batch IS NOT NULL OR v_batches IS NOT NULL THEN
    v_released := v_released +
      ${t.name('queue_job_batch_check_1')}(array_remove(v_batches || v_batch, NULL), NULL, NULL, NULL);
  END IF;
  RETURN CASE WHEN v_released > 0 THEN 'released' ELSE 'done' END;
END $$`;
