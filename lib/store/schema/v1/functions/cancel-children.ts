import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { loseParents } from './lose-parents.js';

/** `queue_job_cancel_children(parents, result)`: these jobs are cancelled, so what depends on them alone is too; answers as that. */
export const cancelChildren = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_cancel_children_1')}(p_parents uuid[], p_result json)
RETURNS uuid[] LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_children uuid[];
BEGIN
  ${loseParents(t, 'p_parents', 'v_children')}
  RETURN ${t.name('queue_job_cancel_stranded_1')}(v_children, p_result);
END $$`;
