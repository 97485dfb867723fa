import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * Whether this transaction reads all from one old snapshot. What must see ends and members that committed meanwhile is
 * then left to `queue_job_follow_up`, noted in the same transaction.
 */
export const OLD_SNAPSHOT = `current_setting('transaction_isolation') <> 'read committed'`;

/** Rows of one call, so that no transaction gets too long. */
const MOST = 1_000;

/**
 * `queue_job_follow_up()`: carries out what transactions at REPEATABLE READ and SERIALIZABLE have left to be done after
 * their commit, since they could not see what others did meanwhile:
 * - `done`: the job `job_uuid` is done: jobs that wait for it may run, and its batch may have ended.
 * - `closed`: the batch was closed, and may have ended.
 * - `cancel`: the batch is to be cancelled, by `actor`.
 *
 * Called at READ COMMITTED, right after such a commit by the process that made it, and once a second by every node: so
 * nothing is left behind where that process has died. A job that was requeued meanwhile releases nobody. Answers whether
 * anything may run now.
 */
export const followUp = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_follow_up_1')}() RETURNS boolean LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_done uuid[];
  v_ended uuid[];
  v_closed uuid[];
  v_more uuid[];
  v_released integer := 0;
  v_fired integer := 0;
  v_cancelled boolean := false;
  r record;
BEGIN
  FOR r IN
    DELETE FROM ${t.followUp} f WHERE f.id IN (
      SELECT n.id FROM ${t.followUp} n ORDER BY n.id LIMIT ${MOST} FOR UPDATE SKIP LOCKED
    ) RETURNING f.*
  LOOP
    CASE r.kind
      WHEN 'done' THEN
        v_done := v_done || r.job_uuid;
        IF r.batch_uuid IS NOT NULL THEN v_ended := v_ended || r.batch_uuid; END IF;
      WHEN 'closed' THEN
        v_closed := v_closed || r.batch_uuid;
      ELSE
        PERFORM ${t.name('queue_job_batch_cancel_1')}(r.batch_uuid, r.actor);
        v_cancelled := true;
    END CASE;
  END LOOP;
  IF v_done IS NOT NULL THEN
    v_done := ARRAY(
      SELECT h.uuid FROM ${t.history} h WHERE h.uuid = ANY(v_done) AND h.state = 'done' ORDER BY h.uuid FOR KEY SHARE
    );
    SELECT p.released, p.batches INTO v_released, v_more FROM ${t.name('queue_job_release_1')}(v_done) p;
    v_ended := v_ended || v_more;
  END IF;
  IF v_ended IS NOT NULL OR v_closed IS NOT NULL THEN
    v_fired := ${t.name('queue_job_batch_check_1')}(v_ended, NULL, NULL, v_closed);
  END IF;
  RETURN v_cancelled OR v_released + v_fired > 0;
END $$`;
