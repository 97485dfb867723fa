import type { Tables } from '../../../connection/tables.js';

/** `queue_job_end_attempts(node, ends)`: as `queue_job_write_ended_attempts`, with all that follows for batches; returns `unmet`. */
export const endAttempts = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_end_attempts_1')}(p_node integer, p_ends json) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_written record;
BEGIN
  SELECT * INTO v_written FROM ${t.name('queue_job_write_ended_attempts_1')}(p_node, p_ends);
  IF v_written.batches IS NOT NULL THEN
    PERFORM ${t.name('queue_job_batch_check_1')}(v_written.batches, v_written.failed, NULL, NULL);
  END IF;
  RETURN v_written.unmet;
END $$`;
