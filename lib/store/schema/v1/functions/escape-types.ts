import type { Tables } from '../../../connection/tables.js';
import { TYPE_KEY } from './enqueue-values.js';

/**
 * `queue_job_escape(value)`: JSON that arrives as it is. An object of the caller's that has a `$type` would else be read
 * as a value of that type, and somebody who fills in a column of JSON could have a job load any entity.
 */
export const escapeTypes = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_escape_1')}(p_value jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_made jsonb;
BEGIN
  IF strpos(p_value::text, '"${TYPE_KEY}"') = 0 THEN RETURN p_value; END IF;
  IF jsonb_typeof(p_value) = 'array' THEN
    RETURN (SELECT jsonb_agg(${t.name('queue_job_escape_1')}(e.value) ORDER BY e.at) FROM jsonb_array_elements(p_value) WITH ORDINALITY e (value, at));
  END IF;
  IF jsonb_typeof(p_value) <> 'object' THEN RETURN p_value; END IF;
  SELECT jsonb_object_agg(e.key, ${t.name('queue_job_escape_1')}(e.value)) INTO v_made FROM jsonb_each(p_value) e;
  RETURN CASE WHEN p_value ? '${TYPE_KEY}' THEN jsonb_build_object('${TYPE_KEY}', 'Object', 'value', v_made) ELSE v_made END;
END $$`;
