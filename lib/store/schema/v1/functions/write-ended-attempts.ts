import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';

/**
 * `queue_job_write_ended_attempts(node, ends)`: everything but a plain success. `ends` is a JSON array of objects with
 * `uuid`, `retry` (the number of the attempt) and `kind`:
 * - `started`: it has been running for a moment; `started` milliseconds since its start.
 * - `back`: never begun, given back with its attempt.
 * - `retry`: again in `seconds`; `uncounted` gives the attempt back; `result` to keep.
 * - `failed`, `cancelled`: the end; `expired`: cancelled too, and never begun, since it was too late for that.
 * With `started` and `ended` (milliseconds ago) and `name`, `message`, `info`, `fingerprint` of the error.
 *
 * Where somebody asked to cancel the job, it ends as cancelled whatever the kind. `unmet` are the uuids that met
 * no row of this node and try, but for those that this node wrote before: an end is sent again where its answer was lost.
 * `batches` and `failed` are the batches of members that ended, and of those of them that failed, one for each: the caller
 * has them checked when all rows of jobs are written. `reported` is how many `onFailed` jobs were stored.
 */
export const writeEndedAttempts = (t: Tables): string => {
  const ends =
    'json_to_recordset(p_ends) e (uuid uuid, retry integer, kind text, started float8, ended float8, seconds float8, uncounted boolean, name text, message text, info text, fingerprint text, result json)';
  const mine = 'j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry';
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_write_ended_attempts_1')}(
  p_node integer, p_ends json, OUT unmet uuid[], OUT batches uuid[], OUT failed uuid[], OUT reported integer, OUT released integer
) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_hit uuid[] := '{}';
  v_cancelled uuid[];
  v_waiting uuid[];
  v_failed uuid[];
  v_parents uuid[];
  v_more uuid[];
BEGIN
  UPDATE ${t.job} j SET state = 'started', phase = ${Phase.running}, date_started = v_now - e.started * interval '1 millisecond'
  FROM ${ends}
  WHERE e.kind = 'started' AND ${mine} AND j.state = 'enqueued';

  INSERT INTO ${t.attempt} (job_uuid, name, retry, node, date_started, date_ended, exc_name, exc_message, exc_info, exc_fingerprint)
  SELECT e.uuid, j.name, e.retry, p_node, v_now - e.started * interval '1 millisecond', v_now - e.ended * interval '1 millisecond', e.name, e.message, e.info, e.fingerprint
  FROM ${ends} JOIN ${t.job} j ON ${mine}
  WHERE e.kind IN ('retry', 'failed', 'cancelled') AND e.started IS NOT NULL;

  WITH gone AS (
    DELETE FROM ${t.job} j USING ${ends}
    WHERE e.kind <> 'started' AND ${mine} AND (j.cancel_by IS NOT NULL OR e.kind IN ('cancelled', 'expired'))
    RETURNING j.*, e.kind, e.started, e.ended
  ), kept AS (
    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
    SELECT ${columnList('g', {
      state: "'cancelled'",
      result:
        "to_json(CASE WHEN g.kind = 'expired' AND g.cancel_by IS NULL THEN 'Expired' ELSE 'Cancelled by ' || coalesce(g.cancel_by, 'its own method') END)",
      retry: "CASE WHEN g.kind = 'expired' THEN g.retry - 1 ELSE g.retry END",
      date_started: "v_now - g.started * interval '1 millisecond'",
      date_done: 'v_now',
      exec_time: '(g.started - g.ended) / 1000',
    })} FROM gone g
  )
  SELECT coalesce(array_agg(g.uuid), '{}'), array_agg(g.uuid) FILTER (WHERE g.has_children),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL)
  INTO v_cancelled, v_parents, batches FROM gone g;
  IF v_parents IS NOT NULL THEN
    batches := batches ||
      ${t.name('queue_job_cancel_children_1')}(v_parents, to_json('Cancelled with its parents'::text));
  END IF;

  WITH again AS (
    UPDATE ${t.job} j SET
      state = 'pending', node = NULL, date_enqueued = NULL, date_started = NULL,
      phase = CASE WHEN e.kind = 'retry' AND e.seconds > 0 THEN ${Phase.eta} ELSE ${Phase.ready} END,
      eta = CASE WHEN e.kind = 'retry' THEN v_now + e.seconds * interval '1 second' ELSE j.eta END,
      retry = CASE WHEN e.kind = 'back' OR e.uncounted THEN j.retry - 1 ELSE j.retry END,
      result = CASE WHEN e.kind = 'retry' THEN e.result ELSE j.result END,
      exec_time = CASE WHEN e.kind = 'retry' THEN (e.started - e.ended) / 1000 ELSE j.exec_time END,
      exc_name = CASE WHEN e.kind = 'retry' THEN e.name ELSE j.exc_name END,
      exc_message = CASE WHEN e.kind = 'retry' THEN e.message ELSE j.exc_message END,
      exc_info = CASE WHEN e.kind = 'retry' THEN e.info ELSE j.exc_info END,
      exc_fingerprint = CASE WHEN e.kind = 'retry' THEN e.fingerprint ELSE j.exc_fingerprint END
    FROM ${ends}
    WHERE e.kind IN ('back', 'retry') AND ${mine}
    RETURNING j.uuid
  )
  SELECT coalesce(array_agg(a.uuid), '{}') INTO v_waiting FROM again a;
  PERFORM ${t.name('queue_job_retake_key_1')}(v_waiting);

  WITH stopped AS (
    UPDATE ${t.job} j SET
      state = 'failed', node = NULL, phase = ${Phase.failed}, identity_lock = NULL,
      date_started = v_now - e.started * interval '1 millisecond', exec_time = (e.started - e.ended) / 1000,
      exc_name = e.name, exc_message = e.message, exc_info = e.info, exc_fingerprint = e.fingerprint
    FROM ${ends}
    WHERE e.kind = 'failed' AND ${mine}
    RETURNING j.uuid, j.batch_uuid, j.has_children
  )
  SELECT coalesce(array_agg(s.uuid), '{}'), array_agg(s.batch_uuid) FILTER (WHERE s.batch_uuid IS NOT NULL),
    array_agg(s.uuid) FILTER (WHERE s.has_children)
  INTO v_failed, failed, v_parents FROM stopped s;
  batches := batches || failed;
  IF cardinality(v_failed) > 0 THEN
    reported := ${t.name('queue_job_report_failures_1')}(p_node, v_failed);
  END IF;
  released := 0;
  IF v_parents IS NOT NULL THEN
    SELECT f.released, f.batches INTO released, v_more FROM ${t.name('queue_job_parents_failed_1')}(v_parents) f;
    batches := batches || v_more;
  END IF;

  v_hit := v_cancelled || v_waiting || v_failed;
  unmet := ARRAY(
    SELECT e.uuid FROM ${ends} WHERE e.kind NOT IN ('started', 'back', 'expired') AND e.uuid <> ALL(v_hit) AND NOT EXISTS (
      SELECT 1 FROM ${t.attempt} a WHERE a.job_uuid = e.uuid AND a.retry = e.retry AND a.node = p_node
    )
  );
END $$`;
};
