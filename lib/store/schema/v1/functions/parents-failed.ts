import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';
import { livingParent } from './release.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_parents_failed(parents)`: these jobs have failed for good. What waits for one of them and says so is cancelled
 * (`cancel`), or goes on as if that were done (`run`); all else goes on waiting. The children are locked first, in order, as
 * by `queue_job_release`, so of two parents that end at the same moment the second sees the first. Returns the number of
 * those that may run, and the batches of members that were cancelled, one for each.
 */
export const parentsFailed = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_parents_failed_1')}(
  p_parents uuid[], OUT released integer, OUT batches uuid[]
) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_children uuid[];
  v_free uuid[];
  v_cancelled uuid[];
BEGIN
  released := 0;
  v_children := ARRAY(
    SELECT DISTINCT d.child FROM ${t.dependency} d JOIN ${t.job} j ON j.uuid = d.child
    WHERE d.parent = ANY(p_parents) AND NOT d.satisfied AND j.on_parent_failed IS NOT NULL ORDER BY 1
  );
  IF cardinality(v_children) = 0 THEN RETURN; END IF;
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR UPDATE;

  WITH gone AS (
    DELETE FROM ${t.job} j WHERE j.uuid = ANY(v_children) AND j.phase = ${Phase.parents} AND j.on_parent_failed = 'cancel'
    RETURNING j.*
  ), kept AS (
    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
    SELECT ${columnList('g', { state: "'cancelled'", result: `to_json('Cancelled since a parent failed'::text)`, date_done: 'clock_timestamp()' })} FROM gone g
  )
  SELECT array_agg(g.uuid) FILTER (WHERE g.has_children), array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL)
  INTO v_cancelled, batches FROM gone g;
  IF v_cancelled IS NOT NULL THEN
    batches := batches ||
      ${t.name('queue_job_cancel_children_1')}(v_cancelled, to_json('Cancelled with its parents'::text));
  END IF;

  v_children := ARRAY(
    SELECT j.uuid FROM ${t.job} j
    WHERE j.uuid = ANY(v_children) AND j.phase = ${Phase.parents} AND j.on_parent_failed = 'run' ORDER BY j.uuid
  );
  UPDATE ${t.dependency} d SET satisfied = true, lost = false
  WHERE d.parent = ANY(p_parents) AND d.child = ANY(v_children) AND NOT d.satisfied;
  v_free := ARRAY(
    SELECT j.uuid FROM ${t.job} j WHERE j.uuid = ANY(v_children) AND ${livingParent(t)} IS NULL ORDER BY j.uuid
  );
  IF cardinality(v_free) = 0 THEN RETURN; END IF;
  UPDATE ${t.job} j
  SET state = 'pending', phase = CASE WHEN j.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END
  WHERE j.uuid = ANY(v_free) AND NOT EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied);
  GET DIAGNOSTICS released = ROW_COUNT;
  -- Their other parents were cancelled.
  IF released < cardinality(v_free) THEN
    batches := batches || ${t.name('queue_job_cancel_stranded_1')}(v_free, to_json('Cancelled with its parents'::text));
  END IF;
END $$`;
