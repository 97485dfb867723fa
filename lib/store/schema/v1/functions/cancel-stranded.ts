import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { livingParent } from './release.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { loseParents } from './lose-parents.js';

/**
 * `queue_job_cancel_stranded(children, result)`: those of these jobs that wait and have only cancelled parents left are
 * cancelled too, and so on down the graph. Level by level, each locked in order before it is looked at, so that of two
 * last parents that end at the same moment the second sees the first. A parent that was removed before it was done
 * counts as cancelled. Returns the batches of those that were members, one for each.
 */
export const cancelStranded = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_cancel_stranded_1')}(p_children uuid[], p_result json)
RETURNS uuid[] LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_children uuid[] := p_children;
  v_gone uuid[];
  v_batches uuid[];
  v_more uuid[];
BEGIN
  WHILE cardinality(v_children) > 0 LOOP
    PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR UPDATE;
    WITH gone AS (
      DELETE FROM ${t.job} j
      WHERE j.uuid = ANY(v_children) AND j.phase = ${Phase.parents} AND ${livingParent(t)} IS NULL
        AND EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied)
      RETURNING j.*
    ), kept AS (
      INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
      SELECT ${columnList('g', { state: "'cancelled'", result: 'p_result', date_done: 'clock_timestamp()' })} FROM gone g
    )
    SELECT array_agg(g.uuid) FILTER (WHERE g.has_children), array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL)
    INTO v_gone, v_more FROM gone g;
    v_batches := v_batches || v_more;
    ${loseParents(t, 'v_gone', 'v_children')}
  END LOOP;
  RETURN v_batches;
END $$`;
