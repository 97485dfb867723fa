import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * Who adds and who closes meet at an advisory lock, not at the row of the batch: a transaction that adds may stay open for
 * long, and no end of a member may have to wait for it.
 */
const gate = (t: Tables): string =>
  `hashtextextended('${t.batch.replaceAll("'", "''")} ' || p_uuid::text, 0)`;

/**
 * `queue_job_batch_enter(uuid)`: nobody closes the batch until the end of this transaction, which stores members. Answers
 * whether the batch is open; null where there is none.
 */
export const batchEnter = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_enter_1')}(p_uuid uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${gate(t)});
  RETURN (SELECT b.date_closed IS NULL FROM ${t.batch} b WHERE b.uuid = p_uuid);
END $$`;

/**
 * `queue_job_batch_close(uuid)`: no member may be added any more; where all have ended, the batch has. Waits for
 * transactions that have added. Answers with the number of callback jobs; null where there is no such open batch.
 */
export const batchClose = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_close_1')}(p_uuid uuid) RETURNS integer LANGUAGE plpgsql
${LOOKUP_SETTINGS} AS $$
DECLARE
  v_counts boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(${gate(t)});
  UPDATE ${t.batch} b SET date_closed = clock_timestamp() WHERE b.uuid = p_uuid AND b.date_closed IS NULL
  RETURNING b.progress_step IS NOT NULL INTO v_counts;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF v_counts THEN
    -- From here on each end counts itself; one that waits for this lock is not among these.
    UPDATE ${t.batch} b SET settled = c.settled, total = c.settled + c.live
    FROM (
      SELECT b.removed_done + b.removed_cancelled + (SELECT count(*) FROM ${t.history} h WHERE h.batch_uuid = p_uuid)
        + (SELECT count(*) FROM ${t.job} j WHERE j.batch_uuid = p_uuid AND j.phase = 4) AS settled,
        (SELECT count(*) FROM ${t.job} j WHERE j.batch_uuid = p_uuid AND j.phase <> 4) AS live
      FROM ${t.batch} b WHERE b.uuid = p_uuid
    ) c
    WHERE b.uuid = p_uuid;
  END IF;
  RETURN ${t.name('queue_job_batch_check_1')}('{}', '{}', '{}', ARRAY[p_uuid]);
END $$`;

/**
 * `queue_job_batch_cancel(uuid, by)`: cancels all members that have not ended, and closes. In this order: ends of
 * members lock their rows first and the batch after. Answers as `queue_job_cancel`.
 */
export const batchCancel = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_cancel_1')}(p_uuid uuid, p_by text)
RETURNS TABLE (uuid uuid, node integer) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${gate(t)});
  RETURN QUERY SELECT c.uuid, c.node FROM ${t.name('queue_job_cancel_1')}(
    ARRAY(SELECT j.uuid FROM ${t.job} j WHERE j.batch_uuid = p_uuid AND j.phase <> 4), p_by) c;
  PERFORM ${t.name('queue_job_batch_close_1')}(p_uuid);
END $$`;
