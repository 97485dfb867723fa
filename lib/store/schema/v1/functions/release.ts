import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/**
 * `queue_job_release(parents)`: what waited for these done jobs, and for no other, becomes pending; what has only
 * cancelled parents left is cancelled. The children are locked first, in order; only then, in a statement of its own
 * with a snapshot of its own, a parent that still lives is looked for. So of two parents that end at the same moment in
 * two transactions, the second sees the first. Returns the number of those that may run, and with the batches of
 * members that were cancelled, one for each.
 *
 * The work is in proportion to the children of these parents: for each, one parent that lives is enough to know that it
 * waits. The youngest is asked for, since parents end more or less in the order of their creation, and the entries of
 * those that ended a moment ago are still in the index.
 */
export const release = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_release_1')}(
  p_parents uuid[], OUT released integer, OUT batches uuid[]
) LANGUAGE plpgsql
${LOOKUP_SETTINGS} AS $$
DECLARE
  v_children uuid[];
  v_free uuid[];
BEGIN
  released := 0;
  v_children := ARRAY(SELECT DISTINCT d.child FROM ${t.dependency} d WHERE d.parent = ANY(p_parents) ORDER BY 1);
  IF cardinality(v_children) = 0 THEN RETURN; END IF;
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR NO KEY UPDATE;
  UPDATE ${t.dependency} d SET satisfied = true, lost = false WHERE d.parent = ANY(p_parents) AND NOT d.satisfied;
  v_free := ARRAY(
    SELECT j.uuid FROM ${t.job} j
    WHERE j.uuid = ANY(v_children) AND j.phase = ${Phase.parents} AND ${livingParent(t)} IS NULL ORDER BY j.uuid
  );
  IF cardinality(v_free) = 0 THEN RETURN; END IF;
  UPDATE ${t.job} j
  SET state = 'pending', phase = CASE WHEN j.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END
  WHERE j.uuid = ANY(v_free) AND NOT EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied);
  GET DIAGNOSTICS released = ROW_COUNT;
  IF released < cardinality(v_free) THEN
    batches := ${t.name('queue_job_cancel_stranded_1')}(v_free, to_json('Cancelled with its parents'::text));
  END IF;
END $$`;

/**
 * A parent of `j` that isn't done yet and still may be; null where there is none. One that was removed by hand can't be,
 * though nobody has told. `LIMIT` in a subquery of its own, since within `EXISTS` the order would be thrown away.
 */
export const livingParent = (t: Tables): string => `(
  SELECT d.parent FROM ${t.dependency} d JOIN ${t.job} p ON p.uuid = d.parent
  WHERE d.child = j.uuid AND NOT d.satisfied AND NOT d.lost ORDER BY d.parent DESC LIMIT 1
)`;
