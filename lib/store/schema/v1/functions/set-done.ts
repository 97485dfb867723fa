import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';

/** `queue_job_set_done(uuids, by)`: as if it had run; what depends on it is released. */
export const setDone = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_set_done_1')}(p_uuids uuid[], p_by text)
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_done uuid[];
  v_more uuid[];
  v_batches uuid[];
  v_ended uuid[];
  v_other uuid[];
  v_result json := to_json('Manually set to done by ' || p_by);
BEGIN
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) ORDER BY j.uuid FOR UPDATE;
  WITH gone AS (
    DELETE FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.node IS NULL RETURNING j.*
  ), kept AS (
    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
    SELECT ${columnList('g', {
      state: "'done'",
      result: 'v_result',
      date_done: 'clock_timestamp()',
      exc_name: 'NULL',
      exc_message: 'NULL',
      exc_info: 'NULL',
      exc_fingerprint: 'NULL',
    })} FROM gone g
  )
  SELECT coalesce(array_agg(g.uuid), '{}'), array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.phase <> ${Phase.failed}),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.phase = ${Phase.failed})
  INTO v_done, v_batches, v_other FROM gone g;
  WITH changed AS (
    UPDATE ${t.history} h SET state = 'done', result = v_result, date_done = clock_timestamp(), node = NULL,
      exc_name = NULL, exc_message = NULL, exc_info = NULL, exc_fingerprint = NULL
    WHERE h.uuid = ANY(p_uuids) AND h.state = 'cancelled' RETURNING h.uuid, h.batch_uuid
  )
  SELECT v_done || coalesce(array_agg(c.uuid), '{}'),
    v_other || array_agg(c.batch_uuid) FILTER (WHERE c.batch_uuid IS NOT NULL)
  INTO v_more, v_other FROM changed c;
  SELECT r.batches INTO v_ended FROM ${t.name('queue_job_release_1')}(v_more) r;
  v_batches := v_batches || v_ended;
  IF v_batches IS NOT NULL OR v_other IS NOT NULL THEN
    PERFORM ${t.name('queue_job_batch_check_1')}(v_batches, NULL, NULL, v_other);
  END IF;
  RETURN v_more;
END $$`;
