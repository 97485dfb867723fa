import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_hold_channel(channel, seconds, job, changes)`: nothing starts in a channel for so long, as a job asks that
 * was told to slow down. Returns the version of the configuration from which on that holds, or null where the caller has
 * to come again with `changes`.
 *
 * Where the claims look at the channel anyway, and no node keeps its jobs prefetched, the lock of its row is enough: a
 * claim that waits for it sees the hold. Anything else is a change of the configuration, after which no node has jobs
 * prefetched.
 */
export const holdChannel = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_hold_channel_1')}(p_channel text, p_seconds float8, p_job uuid, p_changes boolean)
RETURNS bigint LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_until timestamptz;
  v_watched boolean;
BEGIN
  IF p_changes THEN
    PERFORM pg_advisory_xact_lock(${t.lockClass}, 0);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  END IF;
  SELECT p_channel = ANY(c.limiting_channels) AND (
    c.paused OR c.sequential OR c.fair OR c.throttle IS NOT NULL OR c.rate_limit IS NOT NULL OR coalesce(c.next_start > clock_timestamp(), false))
  INTO v_watched FROM ${t.channel} c WHERE c.name = p_channel FOR NO KEY UPDATE;
  IF NOT coalesce(v_watched, false) AND NOT p_changes THEN RETURN NULL; END IF;
  v_until := clock_timestamp() + p_seconds * interval '1 second';
  UPDATE ${t.channel} c SET next_start = greatest(c.next_start, v_until), held_until = greatest(c.held_until, v_until),
    held_by = CASE WHEN c.held_until >= v_until THEN c.held_by ELSE p_job END
  WHERE c.name = p_channel;
  IF p_changes THEN RETURN ${t.name('queue_job_update_limiting_channels_1')}(); END IF;
  RETURN (SELECT m.config_version FROM ${t.meta} m);
END $$`;
