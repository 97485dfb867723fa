import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** Jobs of one call, so that no transaction gets too long. */
const MOST = 1_000;

/** The jobs that wait, and for which it is too late; the index `queue_job_expiry` holds those that can ever be. */
export const isExpired = `j.start_before <= clock_timestamp() AND j.phase <= ${Phase.ready} AND j.node IS NULL`;

/**
 * `queue_job_expire()`: cancels jobs that had to begin by now and have not, and what depends on them alone. A heartbeat
 * finds that there are such jobs; the claim does not look at `start_before`, since a node drops a job that comes to it too
 * late. A job that is locked is just being claimed or changed: the next heartbeat finds it again. Returns those that were
 * cancelled.
 */
export const expire = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_expire_1')}() RETURNS uuid[] LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_uuids uuid[];
  v_gone uuid[];
  v_parents uuid[];
  v_batches uuid[];
BEGIN
  v_uuids := ARRAY(
    SELECT j.uuid FROM ${t.job} j WHERE ${isExpired} ORDER BY j.start_before LIMIT ${MOST} FOR UPDATE SKIP LOCKED
  );
  WITH gone AS (
    DELETE FROM ${t.job} j WHERE j.uuid = ANY(v_uuids) RETURNING j.*
  ), kept AS (
    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
    SELECT ${columnList('g', { state: "'cancelled'", result: `to_json('Expired'::text)`, date_done: 'clock_timestamp()' })} FROM gone g
  )
  SELECT coalesce(array_agg(g.uuid), '{}'), array_agg(g.uuid) FILTER (WHERE g.has_children),
    array_agg(g.batch_uuid) FILTER (WHERE g.batch_uuid IS NOT NULL)
  INTO v_gone, v_parents, v_batches FROM gone g;
  IF v_parents IS NOT NULL THEN
    v_batches := v_batches ||
      ${t.name('queue_job_cancel_children_1')}(v_parents, to_json('Cancelled with its parents'::text));
  END IF;
  IF v_batches IS NOT NULL THEN PERFORM ${t.name('queue_job_batch_check_1')}(v_batches, NULL, NULL, NULL); END IF;
  RETURN v_gone;
END $$`;
