import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { OLD_SNAPSHOT } from './follow-up.js';
import { batchLock } from './batch-lock.js';

/**
 * `queue_job_batch_cancel(uuid, by)`: cancels all members that have not ended, and closes. In this order: ends of
 * members lock their rows first and the batch after. Answers as `queue_job_cancel`; with nothing where all of it is left to
 * `queue_job_follow_up`.
 */
export const batchCancel = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_cancel_1')}(p_uuid uuid, p_by text)
RETURNS TABLE (uuid uuid, node integer) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
BEGIN
  IF ${OLD_SNAPSHOT} THEN
    INSERT INTO ${t.followUp} (kind, batch_uuid, actor) VALUES ('cancel', p_uuid, p_by);
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(${batchLock(t, 'p_uuid')});
  RETURN QUERY SELECT c.uuid, c.node FROM ${t.name('queue_job_cancel_1')}(
    ARRAY(SELECT j.uuid FROM ${t.job} j WHERE j.batch_uuid = p_uuid AND j.phase <> ${Phase.failed}), p_by) c;
  PERFORM ${t.name('queue_job_batch_close_1')}(p_uuid);
END $$`;
