import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';

/**
 * `queue_job_store_ticks_1(schedules, jobs)`: stores the jobs of ticks that are due, and moves their schedules on, in one
 * transaction. `schedules` has `name`, `version`, the `tick` that is due, the one that comes `next`, how many were `missed`
 * before, `noOverlap` and `maxTicks`; `jobs` has the job of each tick.
 *
 * Any number of nodes bring the same ticks at the same moment. A schedule is locked and its `next_tick` compared, so the
 * first stores its ticks, and the others find it moved on; one that another node has locked is left to that node. Whether
 * a job of the schedule still waits or runs is looked at only then, in a new statement: a look in the statement that locks
 * would see the time before the wait. Returns a row for each schedule that was moved on.
 *
 * A key may stand in the open transaction of somebody else. The caller is told so soon (55P03), and stores the others.
 */
export const storeTicks = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_store_ticks_1')}(p_schedules json, p_jobs json)
RETURNS TABLE (name text, stored integer, skipped integer) LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off SET lock_timeout = '20ms' AS $$
#variable_conflict use_column
DECLARE
  v_names text[];
  v_busy text[];
BEGIN
  v_names := ARRAY(
    SELECT s.name FROM json_to_recordset(p_schedules) d (name text, version integer, tick timestamptz)
    JOIN ${t.schedule} s ON s.name = d.name
    WHERE s.version = d.version AND date_trunc('milliseconds', s.next_tick) = d.tick
    ORDER BY s.name FOR NO KEY UPDATE OF s SKIP LOCKED
  );
  v_busy := ARRAY(
    SELECT d.name FROM json_to_recordset(p_schedules) d (name text, "noOverlap" boolean)
    WHERE d."noOverlap" AND d.name = ANY(v_names)
      AND EXISTS (SELECT 1 FROM ${t.job} j WHERE j.schedule = d.name AND j.phase <> ${Phase.failed})
  );
  RETURN QUERY
  WITH due AS (
    SELECT d.*, s.last_tick FROM json_to_recordset(p_schedules) d (
      name text, next timestamptz, missed integer, "noOverlap" boolean, "maxTicks" integer)
    JOIN ${t.schedule} s ON s.name = d.name
    WHERE d.name = ANY(v_names)
  ), given AS (
    SELECT j.*, row_number() OVER of_schedule AS place,
      coalesce(lag(j.tick) OVER of_schedule, d.last_tick) AS previous, d."noOverlap"
    FROM json_to_recordset(p_jobs) j (
      uuid uuid, schedule text, tick timestamptz, delay float8, name text, channel text, priority integer,
      "maxRetries" integer, args text, description text, "identityKey" text, "identityUntilDone" boolean, "userId" text,
      context text, tags text, "startBeforeIn" float8)
    JOIN due d ON d.name = j.schedule
    WINDOW of_schedule AS (PARTITION BY j.schedule ORDER BY j.tick)
  ), wanted AS (
    SELECT g.*, g.tick + g.delay * interval '1 millisecond' AS eta FROM given g
    WHERE NOT g."noOverlap" OR g.place = 1 AND NOT g.schedule = ANY(v_busy)
    ORDER BY g.tick, g.schedule
  ), numbered AS (
    SELECT w.*, nextval(${t.literal('queue_job_seq_seq')}) AS seq FROM wanted w
  ), inserted AS (
    INSERT INTO ${t.job} (uuid, seq, name, channel, priority, max_retries, args, description, identity_key,
      identity_until_done, identity_lock, eta, user_id, context, tags, start_before, phase, schedule, scheduled_at, tick)
    SELECT n.uuid, n.seq, n.name, n.channel, n.priority, n."maxRetries", n.args::json, n.description, n."identityKey",
      n."identityUntilDone", n."identityKey", n.eta, n."userId", n.context::json, n.tags::jsonb,
      greatest(n.eta, clock_timestamp()) + n."startBeforeIn" * interval '1 second',
      CASE WHEN n.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END, n.schedule, n.tick,
      json_build_object('name', n.schedule, 'scheduledAt', n.tick, 'previous', n.previous)
    FROM numbered n
    -- By its key, or because it has its job: as after the clock was set back and somebody made the schedule again.
    ON CONFLICT DO NOTHING
    RETURNING uuid, schedule, scheduled_at
  ), outcome AS (
    -- A tick whose job was there already counts as stored.
    SELECT g.schedule AS name, count(w.uuid)::integer AS stored, count(*)::integer AS due, max(w.tick) AS last_tick,
      (array_agg(i.uuid ORDER BY g.tick DESC) FILTER (WHERE i.uuid IS NOT NULL))[1] AS last_job
    FROM given g LEFT JOIN wanted w ON w.uuid = g.uuid LEFT JOIN inserted i ON i.uuid = g.uuid
    GROUP BY g.schedule
  )
  UPDATE ${t.schedule} s SET
    next_tick = CASE WHEN s.ticks + coalesce(o.stored, 0) >= d."maxTicks" THEN NULL ELSE d.next END,
    last_tick = coalesce(o.last_tick, s.last_tick), last_job = coalesce(o.last_job, s.last_job),
    ticks = s.ticks + coalesce(o.stored, 0), skipped = s.skipped + coalesce(o.due - o.stored, 0), missed = s.missed + d.missed,
    date_skipped = CASE WHEN o.due > o.stored THEN clock_timestamp() ELSE s.date_skipped END
  FROM due d LEFT JOIN outcome o ON o.name = d.name
  WHERE s.name = d.name
  RETURNING s.name, coalesce(o.stored, 0), coalesce(o.due - o.stored, 0);
END $$`;
