import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_batch_fire(batch, events)`: stores the callback jobs of a batch for these events, in the transaction that
 * caused them. An eta counts from now. A callback is never swallowed by its identity key: it takes the key where that is
 * free, and goes without where it is not. Returns their number.
 */
export const batchFire = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_fire_1')}(p_batch uuid, p_events text[])
RETURNS integer LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_new uuid[];
BEGIN
  WITH due AS (
    UPDATE ${t.batchCallback} c SET job_uuid = ${UUID_V7}, fired = c.fired + 1
    WHERE c.batch_uuid = p_batch AND c.event = ANY(p_events)
    RETURNING c.job_uuid, c.job
  ), given AS (
    SELECT d.job_uuid, r.*, coalesce(r."etaAt", clock_timestamp() + r."etaIn" * interval '1 second') AS eta
    FROM due d CROSS JOIN LATERAL json_to_record(d.job) r (
      name text, channel text, priority integer, "maxRetries" integer, args text, description text, "identityKey" text,
      "identityUntilDone" boolean, "etaIn" float8, "etaAt" timestamptz, "userId" text, context text, trace text,
      tags text, "startBeforeIn" float8, "startBeforeAt" timestamptz
    )
  ), stored AS (
    INSERT INTO ${t.job} (uuid, name, channel, priority, max_retries, args, description, identity_key, identity_until_done,
      eta, user_id, context, trace, tags, start_before, phase)
    SELECT g.job_uuid, g.name, g.channel, g.priority, g."maxRetries", g.args::json, g.description, g."identityKey",
      g."identityUntilDone", g.eta, g."userId", g.context::json, g.trace, g.tags::jsonb,
      coalesce(g."startBeforeAt", clock_timestamp() + g."startBeforeIn" * interval '1 second'), CASE WHEN g.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END
    FROM given g
    RETURNING uuid
  )
  SELECT array_agg(s.uuid) INTO v_new FROM stored s;
  PERFORM ${t.name('queue_job_retake_key_1')}(v_new);
  RETURN coalesce(cardinality(v_new), 0);
END $$`;

/** A UUID of version 7, which servers before 18 don't make: the milliseconds over one of version 4, and two bits set. */
export const UUID_V7 = `encode(set_bit(set_bit(overlay(
  uuid_send(gen_random_uuid()) PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
  FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid`;
