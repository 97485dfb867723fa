import type { Tables } from '../../../connection/tables.js';

/**
 * `queue_job_retake_key(uuids)`: jobs that wait again take their identity keys again where these are free, and go on
 * without where another job has taken them. One job at a time, since a key that is taken at this very moment shows
 * only as a unique violation.
 */
export const retakeKey = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_retake_key_1')}(p_uuids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_before text := current_setting('lock_timeout');
  r record;
BEGIN
  -- Somebody's open transaction may just have stored a job with the key: nobody waits here for its end.
  PERFORM set_config('lock_timeout', '20ms', true);
  FOR r IN
    SELECT j.uuid, j.identity_key FROM ${t.job} j
    WHERE j.uuid = ANY(p_uuids) AND j.identity_key IS NOT NULL AND j.identity_lock IS NULL
    ORDER BY j.identity_key, j.priority, j.seq
  LOOP
    BEGIN
      UPDATE ${t.job} j SET identity_lock = r.identity_key WHERE j.uuid = r.uuid;
    EXCEPTION WHEN unique_violation OR lock_not_available THEN
      NULL;
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', v_before, true);
END $$`;
