import type { Tables } from '../../../connection/tables.js';

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
