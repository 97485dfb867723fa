import type { Tables } from '../../tables.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_release(parents)`: what waited for these done jobs, and for no other, becomes pending. The children are
 * locked first, in order; only then, in a statement of its own with a snapshot of its own, the last open parent is
 * looked for. So of two parents that end at the same moment in two transactions, the second sees the first.
 * Answers with the number of those released.
 */
export const release = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_release_1')}(p_parents uuid[]) RETURNS integer LANGUAGE plpgsql
${LOOKUP_SETTINGS} AS $$
DECLARE
  v_children uuid[];
  v_released integer;
BEGIN
  v_children := ARRAY(SELECT DISTINCT d.child FROM ${t.dependency} d WHERE d.parent = ANY(p_parents) ORDER BY 1);
  IF cardinality(v_children) = 0 THEN RETURN 0; END IF;
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR NO KEY UPDATE;
  UPDATE ${t.dependency} d SET satisfied = true WHERE d.parent = ANY(p_parents) AND NOT d.satisfied;
  UPDATE ${t.job} j
  SET state = 'pending', phase = CASE WHEN j.eta > clock_timestamp() THEN 1 ELSE 2 END
  WHERE j.uuid = ANY(v_children) AND j.phase = 0
    AND NOT EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied);
  GET DIAGNOSTICS v_released = ROW_COUNT;
  RETURN v_released;
END $$`;
