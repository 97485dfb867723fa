import type { Tables } from '../../../connection/tables.js';
import { BLANKS, MAX_SECONDS } from './enqueue-values.js';

/**
 * `queue_job_read_moment(property, value)`: seconds from now, a duration such as `5h`, or a date with its time zone, as
 * `readMoment()` in \`job/eta.ts\` reads it.
 */
export const readMoment = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_read_moment_1')}(p_property text, p_value jsonb, OUT seconds float8, OUT at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  v_text text := btrim(p_value #>> '{}', ${BLANKS});
  v_parts text[];
BEGIN
  IF jsonb_typeof(p_value) = 'number' THEN
    IF v_text::numeric BETWEEN 0 AND ${MAX_SECONDS} THEN seconds := v_text::numeric; END IF;
  ELSIF jsonb_typeof(p_value) = 'string' AND char_length(v_text) <= 100 THEN
    v_parts := regexp_match(lower(v_text), '^(\\d*\\.?\\d+) *(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y)$');
    IF v_parts IS NOT NULL THEN
      seconds := v_parts[1]::float8 * CASE
        WHEN v_parts[2] ~ '^(ms|msec|milli)' THEN 0.001
        WHEN v_parts[2] ~ '^s' THEN 1
        WHEN v_parts[2] ~ '^m' THEN 60
        WHEN v_parts[2] ~ '^h' THEN 3600
        WHEN v_parts[2] ~ '^d' THEN 86400
        WHEN v_parts[2] ~ '^w' THEN 604800
        ELSE 31557600
      END;
      IF seconds > ${MAX_SECONDS} THEN seconds := NULL; END IF;
    ELSIF v_text ~ '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d(:?\\d\\d)?)$' THEN
      BEGIN
        at := v_text::timestamptz;
      EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
        at := NULL;
      END;
    END IF;
  END IF;
  IF seconds IS NULL AND at IS NULL THEN
    PERFORM ${t.name('queue_job_wrong_value_1')}(p_property,
      'seconds from now (0 to ${MAX_SECONDS}), a duration such as ''5h'', or a valid Date of the years 1 to 9999', p_value);
  END IF;
END $$`;
