import type { Tables } from '../../../connection/tables.js';
import { NOT_COUNTED } from './batch-check.js';
import { OLD_SNAPSHOT } from './follow-up.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/**
 * Who adds and who closes meet at an advisory lock, not at the row of the batch: a transaction that adds may stay open for
 * long, and no end of a member may have to wait for it.
 */
export const batchLock = (t: Tables, uuid: string): string =>
  `hashtextextended('${t.batch.replaceAll("'", "''")} ' || (${uuid})::uuid::text, 0)`;

/**
 * `queue_job_batch_enter(uuid)`: nobody closes the batch until the end of this transaction, which stores members. Answers
 * whether the batch is open; null where there is none.
 */
export const batchEnter = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_enter_1')}(p_uuid uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${batchLock(t, 'p_uuid')});
  RETURN (SELECT b.date_closed IS NULL FROM ${t.batch} b WHERE b.uuid = p_uuid);
END $$`;

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
