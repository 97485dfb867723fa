import type { Tables } from '../../../connection/tables.js';
import { columnList, LASTING_COLUMNS } from '../job-columns.js';
import { settleStarts } from './rates.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** What is counted of the rows that ended comes first in them, so that counting need not read through each. */
const COUNTED: readonly string[] = ['uuid', 'has_children', 'cancel_by', 'batch_uuid'];

/**
 * `queue_job_settle(…)`: writes what ended on a node, and takes back the permits it came with. Every row is fenced by
 * node and try, so a node that lost its jobs changes nothing. Answers `dead` where the node itself was given up, and
 * in `fenced` the ends that met no row of theirs and are not written either.
 *
 * `p_done` is the fast path: jobs that returned, one array a column. All other ends come as JSON, see `write-ended-attempts.ts`.
 * Times are milliseconds ago, since only the database's clock counts.
 */
export const settle = (t: Tables): string => {
  const changed = {
    state: "CASE WHEN e.cancel_by IS NULL THEN 'done' ELSE 'cancelled' END",
    result: "CASE WHEN e.cancel_by IS NULL THEN e.e_result ELSE to_json('Cancelled by ' || e.cancel_by) END",
    date_started: "v_now - e.started * interval '1 millisecond'",
    date_done: "v_now - e.ended * interval '1 millisecond'",
    exec_time: '(e.started - e.ended) / 1000',
    exc_name: 'NULL',
    exc_message: 'NULL',
    exc_info: 'NULL',
    exc_fingerprint: 'NULL',
  };
  const unchanged = LASTING_COLUMNS.filter((column) => !(column in changed) && !COUNTED.includes(column));
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_settle_1')}(
  p_node integer, p_round_trip bigint, p_done uuid[], p_attempts integer[], p_results json[], p_started float8[], p_ended float8[],
  p_ends json, p_closed bigint[], p_channels text[], p_free integer[], p_starts json DEFAULT NULL,
  OUT dead boolean, OUT fenced uuid[], OUT released boolean
) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_parents uuid[];
  v_cancelled uuid[];
  v_count integer;
  v_released integer;
  v_batches uuid[];
  v_failed uuid[];
  v_more uuid[];
BEGIN
  -- A rescue takes this row FOR UPDATE: a node that was given up neither settles nor claims. Nor does a round trip
  -- whose answer the node no longer waits for, should it arrive late.
  PERFORM 1 FROM ${t.node} n WHERE n.id = p_node AND n.alive AND n.void_round_trips < p_round_trip FOR KEY SHARE;
  dead := NOT FOUND;
  IF dead THEN
    fenced := p_done;
    RETURN;
  END IF;

  IF cardinality(p_channels) > 0 THEN
    -- Before any row is touched: a change of the channels under way wants the rows of the permits after this lock.
    PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  END IF;

  IF cardinality(p_done) > 0 THEN
    WITH ended AS (
      DELETE FROM ${t.job} j
      USING unnest(p_done, p_attempts, p_results, p_started, p_ended) e (uuid, retry, result, started, ended)
      WHERE j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry
      RETURNING ${COUNTED.map((column) => `j.${column}`).join(', ')}, e.result AS e_result, e.started, e.ended, ${unchanged.map((column) => `j.${column}`).join(', ')}
    ), kept AS (
      INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})
      SELECT ${columnList('e', changed)}
      FROM ended e
    )
    SELECT count(*),
      array_agg(e.uuid) FILTER (WHERE e.has_children AND e.cancel_by IS NULL),
      array_agg(e.uuid) FILTER (WHERE e.has_children AND e.cancel_by IS NOT NULL),
      array_agg(e.batch_uuid) FILTER (WHERE e.batch_uuid IS NOT NULL)
    INTO v_count, v_parents, v_cancelled, v_batches FROM ended e;

    IF v_parents IS NOT NULL THEN
      SELECT r.released, r.batches INTO v_released, v_more FROM ${t.name('queue_job_release_1')}(v_parents) r;
      released := v_released > 0;
      v_batches := v_batches || v_more;
    END IF;
    IF v_cancelled IS NOT NULL THEN
      v_batches := v_batches ||
        ${t.name('queue_job_cancel_children_1')}(v_cancelled, to_json('Cancelled with its parents'::text));
    END IF;
    IF v_count < cardinality(p_done) THEN
      -- Sent again after a lost answer, a row is in the history as ours; anything else was taken from us.
      fenced := ARRAY(
        SELECT e.uuid FROM unnest(p_done, p_attempts) e (uuid, retry)
        WHERE NOT EXISTS (
          SELECT 1 FROM ${t.history} h WHERE h.uuid = e.uuid AND h.node = p_node AND h.retry = e.retry
        )
      );
    END IF;
  END IF;

  IF p_ends IS NOT NULL THEN
    SELECT coalesce(fenced, '{}') || w.unmet, v_batches || w.batches, w.failed, coalesce(w.reported, 0) + w.released
    INTO fenced, v_batches, v_failed, v_released
    FROM ${t.name('queue_job_write_ended_attempts_1')}(p_node, p_ends) w;
    IF v_released > 0 THEN released := true; END IF;
  END IF;
  IF cardinality(p_closed) > 0 THEN
    DELETE FROM ${t.claim} c WHERE c.node = p_node AND c.id = ANY(p_closed);
  END IF;
  IF cardinality(p_channels) > 0 THEN
    UPDATE ${t.permit} p SET count = p.count - f.free
    FROM unnest(p_channels, p_free) f (limiting, free) WHERE p.channel = f.limiting AND p.node = p_node;
  END IF;
  ${settleStarts(t).trim()}
  IF v_batches IS NOT NULL THEN
    IF ${t.name('queue_job_batch_check_1')}(v_batches, v_failed, NULL, NULL) > 0 THEN released := true; END IF;
  END IF;
END $$`;
};
