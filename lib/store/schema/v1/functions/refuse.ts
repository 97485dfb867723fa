import type { Tables } from '../../../connection/tables.js';
import { CODES } from './enqueue-values.js';

/** `queue_job_refuse(code, message)`: ends the statement with an error. */
export const refuse = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_refuse_1')}(p_code text, p_message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = p_message, DETAIL = p_code,
    ERRCODE = CASE p_code ${Object.entries(CODES)
      .map(([code, state]) => `WHEN '${code}' THEN '${state}'`)
      .join(' ')} END,
    HINT = CASE WHEN p_message LIKE '%, not null.' THEN 'Nothing was stored. jsonb_strip_nulls() leaves out options that are null.'
      WHEN p_message LIKE '%valid Date%' THEN 'Nothing was stored. A Date is a text with a time zone, such as "2030-01-31T08:00:00Z": to_jsonb() makes one of a timestamptz.'
      ELSE 'Nothing was stored. docs/sql.md of nestjs-queue-job has all options.' END;
END $$`;
