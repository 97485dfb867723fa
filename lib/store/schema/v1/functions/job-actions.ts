import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';

/**
 * What people do to jobs. Each takes many uuids, locks the rows in order first and looks at the states in a statement
 * of its own, so that a claim under way has either happened or passed the job by. Each answers with those it changed. What
 * it means for batches comes last, when all rows of jobs are written.
 */

/** `queue_job_cancel(uuids, by)`: a job that a node has is only marked, with its node in the answer: the node ends it. */
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

/** `queue_job_requeue(uuids)`: from the start again: retry 0, dates, result, error and eta cleared. */
export const requeue = (t: Tables): string => {
  const reset = {
    state: "'pending'",
    retry: '0',
    node: 'NULL',
    result: 'NULL',
    eta: 'NULL',
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

  -- What depends on a job that is to run again waits for it anew, unless it has begun.
  v_children := ARRAY(SELECT DISTINCT d.child FROM ${t.dependency} d WHERE d.parent = ANY(v_back));
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR NO KEY UPDATE;
  UPDATE ${t.dependency} d SET satisfied = false, lost = false WHERE d.parent = ANY(v_back);
  UPDATE ${t.job} j SET state = 'wait_dependencies', phase = ${Phase.parents}
  WHERE j.uuid = ANY(v_children) AND j.phase IN (${Phase.eta}, ${Phase.ready}) AND j.node IS NULL AND j.retry = 0;

  v_changed := v_changed || v_back;
  -- A parent that is requeued at this moment has changed these, or will see this job.
  PERFORM 1 FROM ${t.dependency} d WHERE d.child = ANY(v_changed) ORDER BY d.parent, d.child FOR SHARE;
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

/**
 * `queue_job_delete(uuids)`: as if they had never been. What waits for one that wasn't done can't get it any more, as
 * if it had been cancelled; what has a done one behind it keeps that.
 */
export const remove = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_delete_1')}(p_uuids uuid[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_live uuid[];
  v_gone uuid[];
  v_done uuid[];
  v_cancelled uuid[];
  v_more uuid[];
  v_batches uuid[];
BEGIN
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) ORDER BY j.uuid FOR UPDATE;
  WITH gone AS (
    DELETE FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.node IS NULL RETURNING j.uuid, j.phase, j.batch_uuid
  )
  SELECT coalesce(array_agg(g.uuid), '{}'), array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.phase <> ${Phase.failed})
  INTO v_live, v_cancelled, v_batches FROM gone g;
  v_batches := v_batches || ${t.name('queue_job_cancel_children_1')}(v_live, to_json('Cancelled with its parents'::text));
  WITH gone AS (
    DELETE FROM ${t.history} h WHERE h.uuid = ANY(p_uuids) RETURNING h.uuid, h.state, h.batch_uuid
  )
  SELECT v_live || coalesce(array_agg(g.uuid), '{}'),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.state = 'done'),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.state <> 'done')
  INTO v_gone, v_done, v_more FROM gone g;
  DELETE FROM ${t.attempt} a WHERE a.job_uuid = ANY(v_gone);
  DELETE FROM ${t.log} l WHERE l.job_uuid = ANY(v_gone);
  DELETE FROM ${t.dependency} d WHERE d.child = ANY(v_gone);

  -- A batch remembers how many of its members are gone: as done, or else as cancelled.
  v_cancelled := v_cancelled || v_more;
  IF v_done IS NOT NULL OR v_cancelled IS NOT NULL THEN
    PERFORM 1 FROM ${t.batch} b WHERE b.uuid = ANY(v_done || v_cancelled || v_batches) ORDER BY b.uuid FOR NO KEY UPDATE;
    UPDATE ${t.batch} b SET
      removed_done = b.removed_done + (SELECT count(*) FROM unnest(v_done) u WHERE u = b.uuid),
      removed_cancelled = b.removed_cancelled + (SELECT count(*) FROM unnest(v_cancelled) u WHERE u = b.uuid)
    WHERE b.uuid = ANY(v_done || v_cancelled);
  END IF;
  IF v_batches IS NOT NULL THEN PERFORM ${t.name('queue_job_batch_check_1')}(v_batches, NULL, NULL, NULL); END IF;
  RETURN v_gone;
END $$`;

/** `queue_job_postpone(uuid, seconds, result)`: a waiting job starts no earlier than in that time. */
export const postpone = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_postpone_1')}(p_uuid uuid, p_seconds float8, p_result json)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = p_uuid FOR UPDATE;
  UPDATE ${t.job} j SET
    eta = clock_timestamp() + p_seconds * interval '1 second',
    phase = CASE WHEN j.phase = ${Phase.parents} THEN ${Phase.parents} WHEN p_seconds > 0 THEN ${Phase.eta} ELSE ${Phase.ready} END,
    result = coalesce(p_result, j.result)
  WHERE j.uuid = p_uuid AND j.node IS NULL AND j.phase IN (${Phase.parents}, ${Phase.eta}, ${Phase.ready});
  RETURN FOUND;
END $$`;
