import type { Tables } from '../../../connection/tables.js';

/** `queue_job_wrong_value(property, allowed, value)`: the error of a property that has a wrong value. */
export const wrongValue = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_wrong_value_1')}(p_property text, p_allowed text, p_value jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ${t.name('queue_job_refuse_1')}('INVALID_JOB_OPTION',
    p_property || ' must be ' || p_allowed || ', not ' || ${t.name('queue_job_format_value_1')}(p_value) || '.');
END $$`;
