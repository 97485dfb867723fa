import type { Tables } from '../../../connection/tables.js';

/** `queue_job_read_seconds(property, value)`: seconds above 0, or a duration. */
export const readSeconds = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_read_seconds_1')}(p_property text, p_value jsonb) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
  v_seconds float8;
BEGIN
  IF jsonb_typeof(p_value) IN ('number', 'string') THEN
    v_seconds := (${t.name('queue_job_read_moment_1')}(p_property, p_value)).seconds;
    IF v_seconds > 0 THEN RETURN v_seconds; END IF;
  END IF;
  PERFORM ${t.name('queue_job_wrong_value_1')}(p_property, 'seconds above 0, or a duration such as ''5 min''', p_value);
END $$`;
