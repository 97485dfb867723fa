import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';

/**
 * `queue_job_delete(uuids)`: as if they had never been. What waits for one that wasn't done can't get it any more, as
 * if it had been cancelled; what has a done one behind it keeps that. What was requeued and waits for a cancelled one
 * is cancelled again.
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
  v_parents uuid[];
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
    DELETE FROM ${t.history} h WHERE h.uuid = ANY(p_uuids) RETURNING h.uuid, h.state, h.batch_uuid, h.has_children
  )
  SELECT v_live || coalesce(array_agg(g.uuid), '{}'),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.state = 'done'),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL AND g.state <> 'done'),
    array_agg(g.uuid) FILTER (WHERE g.has_children AND g.state <> 'done')
  INTO v_gone, v_done, v_more, v_parents FROM gone g;
  IF v_parents IS NOT NULL THEN
    v_batches := v_batches || ${t.name('queue_job_cancel_children_1')}(v_parents, to_json('Cancelled with its parents'::text));
  END IF;
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
