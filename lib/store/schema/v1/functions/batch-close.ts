import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { NOT_COUNTED } from './batch-check.js';
import { OLD_SNAPSHOT } from './follow-up.js';
import { batchLock } from './batch-lock.js';

/**
 * `queue_job_batch_close(uuid)`: no member may be added any more; where all have ended, the batch has. Waits for
 * transactions that have added. Returns the number of callback jobs; null where there is no such open batch; -1 where
 * its end is left to `queue_job_follow_up`, to be called after the commit.
 */
export const batchClose = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_close_1')}(p_uuid uuid) RETURNS integer LANGUAGE plpgsql
${LOOKUP_SETTINGS} AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${batchLock(t, 'p_uuid')});
  UPDATE ${t.batch} b SET date_closed = clock_timestamp(),
    total = CASE WHEN b.progress_step IS NULL THEN b.total ELSE ${NOT_COUNTED} END
  WHERE b.uuid = p_uuid AND b.date_closed IS NULL;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF ${OLD_SNAPSHOT} THEN
    INSERT INTO ${t.followUp} (kind, batch_uuid) VALUES ('closed', p_uuid);
    RETURN -1;
  END IF;
  RETURN ${t.name('queue_job_batch_check_1')}('{}', '{}', '{}', ARRAY[p_uuid]);
END $$`;
