import type { Tables } from '../../tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';

/**
 * `queue_job_cancel_children(parents, by)`: what waits for these cancelled jobs, and has only cancelled parents left,
 * is cancelled too, down the graph.
 */
export const cancelChildren = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_cancel_children_1')}(p_parents uuid[], p_result json)
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_parents uuid[] := p_parents;
  v_children uuid[];
  v_all uuid[] := '{}';
BEGIN
  LOOP
    v_children := ARRAY(
      SELECT DISTINCT d.child FROM ${t.dependency} d WHERE d.parent = ANY(v_parents) AND NOT d.satisfied ORDER BY 1
    );
    EXIT WHEN cardinality(v_children) = 0;
    PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR UPDATE;
    WITH gone AS (
      DELETE FROM ${t.job} j
      WHERE j.uuid = ANY(v_children) AND j.phase = 0
        AND NOT EXISTS (
          SELECT 1 FROM ${t.dependency} d
          WHERE d.child = j.uuid AND NOT d.satisfied
            AND NOT EXISTS (SELECT 1 FROM ${t.history} h WHERE h.uuid = d.parent AND h.state = 'cancelled')
        )
      RETURNING j.*
    ), kept AS (
      INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
      SELECT ${columnList('g', { state: "'cancelled'", result: 'p_result', date_done: 'clock_timestamp()' })} FROM gone g
    )
    SELECT coalesce(array_agg(g.uuid), '{}') INTO v_parents FROM gone g;
    EXIT WHEN cardinality(v_parents) = 0;
    v_all := v_all || v_parents;
  END LOOP;
  RETURN v_all;
END $$`;
