import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/** The `total` of a batch that was closed and whose members nobody has counted yet. */
export const NOT_COUNTED = -1;

/**
 * `queue_job_batch_check(ended, failed, again, set_done)`: what changes of members mean for their batches; callbacks that
 * are due are stored here and now. Each array has the uuid of a batch for each member: of those that ended,
 * of those of them that failed, of those that had ended and were requeued, and of those that had ended otherwise and were
 * set done. Returns the number of callback jobs.
 *
 * It comes last, after all rows of jobs, and locks the batches in the order of their uuids, so that two of these never
 * wait for each other in a circle. Only then, in new statements, each with a snapshot of its own, members that go on are
 * looked for: of two last members that end at the same moment in two transactions, the second sees the end of the first.
 *
 * One member that goes on is enough to know that a batch does. The youngest is asked for, since members end more or less
 * in the order of their creation, and the entries of those that ended a moment ago are still in the index. It is asked for by
 * its number and not by its uuid: only one index has that order, so no plan can walk over the jobs of others.
 */
export const batchCheck = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_batch_check_1')}(
  p_ended uuid[], p_failed uuid[], p_again uuid[], p_set_done uuid[]
) RETURNS integer LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_all uuid[] := ARRAY(SELECT DISTINCT u FROM unnest(p_ended || p_again || p_set_done) u ORDER BY 1);
  v_now timestamptz;
  v_before ${t.batch};
  b ${t.batch};
  v_events text[];
  v_fired integer := 0;
BEGIN
  PERFORM 1 FROM ${t.batch} l WHERE l.uuid = ANY(v_all) ORDER BY l.uuid FOR NO KEY UPDATE;
  v_now := clock_timestamp();
  FOR b IN SELECT l.* FROM ${t.batch} l WHERE l.uuid = ANY(v_all) ORDER BY l.uuid LOOP
    v_before := b;
    v_events := '{}';
    IF b.date_failed IS NULL AND b.uuid = ANY(p_failed) THEN
      b.date_failed := v_now;
      v_events := v_events || 'failure'::text;
    END IF;
    IF b.date_closed IS NOT NULL THEN
      IF b.progress_step IS NOT NULL THEN
        IF b.total = ${NOT_COUNTED} THEN
          -- Closed a moment ago: from here on each end counts itself; one that waits for this lock is not among these.
          SELECT b.removed_done + b.removed_cancelled
            + (SELECT count(*) FROM ${t.history} h WHERE h.batch_uuid = b.uuid)
            + (SELECT count(*) FROM ${t.job} j WHERE j.batch_uuid = b.uuid AND j.phase = ${Phase.failed}) INTO b.settled;
          SELECT b.settled + count(*) INTO b.total FROM ${t.job} j WHERE j.batch_uuid = b.uuid AND j.phase <> ${Phase.failed};
        ELSE
          b.settled := b.settled + (SELECT count(*) FROM unnest(p_ended) e WHERE e = b.uuid)
            - (SELECT count(*) FROM unnest(p_again) a WHERE a = b.uuid);
        END IF;
        b.reported := greatest(b.reported, CASE WHEN b.settled >= b.total THEN 100
          ELSE b.settled::bigint * 100 / b.total END / b.progress_step);
        IF b.reported > v_before.reported THEN v_events := v_events || 'progress'::text; END IF;
      END IF;
      IF (
        SELECT true FROM ${t.job} j WHERE j.batch_uuid = b.uuid AND j.phase <> ${Phase.failed} ORDER BY j.seq DESC LIMIT 1
      ) THEN
        -- A member that had ended was requeued: all begins again, but for the progress that was reported.
        IF b.date_ended IS NOT NULL THEN
          b.date_ended := NULL;
          b.date_succeeded := NULL;
          b.date_failed := NULL;
        END IF;
      ELSE
        IF b.date_succeeded IS NULL AND b.removed_cancelled = 0
          AND NOT EXISTS (SELECT 1 FROM ${t.job} j WHERE j.batch_uuid = b.uuid)
          AND NOT EXISTS (SELECT 1 FROM ${t.history} h WHERE h.batch_uuid = b.uuid AND h.state = 'cancelled')
        THEN
          b.date_succeeded := v_now;
          v_events := v_events || 'success'::text;
        END IF;
        IF b.date_ended IS NULL THEN
          b.date_ended := v_now;
          v_events := v_events || 'done'::text;
        END IF;
      END IF;
    END IF;
    IF b IS DISTINCT FROM v_before THEN
      UPDATE ${t.batch} l SET date_failed = b.date_failed, date_succeeded = b.date_succeeded, date_ended = b.date_ended,
        settled = b.settled, total = b.total, reported = b.reported
      WHERE l.uuid = b.uuid;
    END IF;
    IF cardinality(v_events) > 0 THEN
      v_fired := v_fired + ${t.name('queue_job_batch_fire_1')}(b.uuid, v_events);
    END IF;
  END LOOP;
  RETURN v_fired;
END $$`;
