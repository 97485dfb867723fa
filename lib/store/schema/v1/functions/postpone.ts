import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';

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
