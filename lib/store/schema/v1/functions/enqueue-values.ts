import type { Tables } from '../../../connection/tables.js';

// What `queue_job_enqueue` reads its options by. The messages are those of the checks in `lib/job` and `lib/common`.

/** The most seconds of a moment: 100 years. */
const MAX_SECONDS = 3_155_760_000;

/** The blanks that `trim()` of JavaScript and of this function have in common. */
export const BLANKS = String.raw`E' \t\n\r\v\f'`;

/** What a text must not have at its ends, or be made of alone. */
export const STORABLE = 'without NUL or lone surrogates';

/** How the types of a value that isn't plain JSON are marked. */
const TYPE_KEY = '$type';

/** SQLSTATEs of its own, by the code of the error in TypeScript, which is the DETAIL. */
const CODES = { INVALID_JOB_OPTION: 'QJ001', UNSERIALIZABLE_ARGUMENT: 'QJ002', IDENTITY_TAKEN: 'QJ003' };

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

/** `queue_job_format_value(value)`: as the messages print a value, see `common/format-value.ts`. */
export const formatValue = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_format_value_1')}(p_value jsonb, p_depth integer DEFAULT 0)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_text text;
  v_quote text := '''';
BEGIN
  CASE jsonb_typeof(p_value)
    WHEN 'string' THEN
      v_text := p_value #>> '{}';
      IF char_length(v_text) > 100 THEN
        RETURN '''' || left(v_text, 100) || '''... ' || char_length(v_text) - 100 || ' more character' || CASE WHEN char_length(v_text) > 101 THEN 's' ELSE '' END;
      END IF;
      IF strpos(v_text, '''') > 0 THEN
        v_quote := CASE WHEN strpos(v_text, '"') = 0 THEN '"' WHEN strpos(v_text, chr(96)) = 0 THEN chr(96) ELSE '''' END;
      END IF;
      v_text := replace(replace(replace(v_text, E'\\\\', E'\\\\\\\\'), E'\\n', E'\\\\n'), E'\\t', E'\\\\t');
      v_text := v_quote || CASE WHEN v_quote = '''' THEN replace(v_text, '''', E'\\\\''') ELSE v_text END || v_quote;
    WHEN 'number' THEN
      v_text := trim_scale((p_value #>> '{}')::numeric)::text;
    WHEN 'boolean' THEN
      v_text := p_value #>> '{}';
    WHEN 'array' THEN
      IF jsonb_array_length(p_value) = 0 THEN
        v_text := '[]';
      ELSIF p_depth > 1 THEN
        v_text := '[Array]';
      ELSE
        SELECT '[ ' || string_agg(${t.name('queue_job_format_value_1')}(e.value, p_depth + 1), ', ' ORDER BY e.at) FILTER (WHERE e.at <= 5)
          || CASE WHEN count(*) > 5 THEN ', ... ' || count(*) - 5 || ' more item' || CASE WHEN count(*) > 6 THEN 's' ELSE '' END ELSE '' END || ' ]'
        INTO v_text FROM jsonb_array_elements(p_value) WITH ORDINALITY e (value, at);
      END IF;
    WHEN 'object' THEN
      IF p_value = '{}' THEN
        v_text := '{}';
      ELSIF p_depth > 1 THEN
        v_text := '[Object]';
      ELSE
        SELECT '{ ' || string_agg(
          CASE WHEN e.key ~ '^[A-Za-z_][A-Za-z_0-9]*$' THEN e.key ELSE ${t.name('queue_job_format_value_1')}(to_jsonb(e.key)) END
          || ': ' || ${t.name('queue_job_format_value_1')}(e.value, p_depth + 1), ', ') || ' }'
        INTO v_text FROM jsonb_each(p_value) e;
      END IF;
    ELSE v_text := 'null';
  END CASE;
  RETURN CASE WHEN char_length(v_text) > 160 THEN left(v_text, 159) || '…' ELSE v_text END;
END $$`;

/** `queue_job_wrong_value(property, allowed, value)`: the error of a property that has a wrong value. */
export const wrongValue = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_wrong_value_1')}(p_property text, p_allowed text, p_value jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ${t.name('queue_job_refuse_1')}('INVALID_JOB_OPTION',
    p_property || ' must be ' || p_allowed || ', not ' || ${t.name('queue_job_format_value_1')}(p_value) || '.');
END $$`;

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
