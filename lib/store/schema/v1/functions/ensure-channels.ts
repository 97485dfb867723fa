import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { limitingOf } from './limiting.js';

/** The key of the lock that is taken to make channels, beside that of the configuration. */
const CREATION_LOCK = -1;

/**
 * `queue_job_ensure_channels(names)`: makes the rows of channels on their first use, with those above them. A channel
 * gets what its parent's wildcard (`root.tenants.*`) says, or no limit of its own.
 *
 * It takes part in no configuration: nodes know the wildcards, and nothing runs yet in a channel without a row. So claims
 * go on meanwhile, and the first job of a tenant costs the same beside ten others and beside a hundred thousand. A lock
 * of their own lets those who make channels go one by one, from the top down and a statement each, so that each sees
 * what was made above it. (A row that was damaged by hand may have the name '', which has no parts.)
 */
export const ensureChannels = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_ensure_channels_1')}(p_names text[]) RETURNS void LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_missing text[];
  v_name text;
BEGIN
  -- Mostly another process has been here before, and nobody has to wait.
  v_missing := ARRAY(
    SELECT DISTINCT n.name FROM unnest(p_names) n (name) WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = n.name)
  );
  IF cardinality(v_missing) = 0 THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(${t.lockClass}, ${CREATION_LOCK});
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  FOR v_name IN
    SELECT DISTINCT array_to_string((string_to_array(n.name, '.'))[1:depth], '.') COLLATE "C" AS name
    FROM unnest(v_missing) n (name) CROSS JOIN LATERAL generate_series(1, greatest(1, cardinality(string_to_array(n.name, '.')))) depth
    ORDER BY 1
  LOOP
    INSERT INTO ${t.channel} (name, capacity, sequential, throttle, rate_limit, rate_per, fair, paused, removal_interval)
    SELECT v_name, w.capacity, coalesce(w.sequential, false), w.throttle, w.rate_limit, w.rate_per, coalesce(w.fair, false),
      coalesce(w.paused, false), w.removal_interval
    FROM (SELECT) one LEFT JOIN ${t.channel} w ON w.name = regexp_replace(v_name, '[^.]+$', '*') AND strpos(v_name, '.') > 0
    WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = v_name)
    ON CONFLICT (name) DO NOTHING;
    IF FOUND THEN
      UPDATE ${t.channel} c SET limiting_channels = ${limitingOf(t, 'c.name')} WHERE c.name = v_name;
    END IF;
  END LOOP;
END $$`;
