import type { Tables } from '../../../connection/tables.js';
import { batchLock } from './batch-lock.js';

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
