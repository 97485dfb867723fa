import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_counts(cap)`: how many jobs are in each state, as JSON. It counts up to the cap in each, by indexes, so that
 * it takes the same time over ten million jobs as over ten thousand; `ended` is an estimate by the statistics where
 * there are more than the cap, and null where `done` and `cancelled` are exact.
 */
export const counts = (t: Tables): string => {
  const upTo = (rows: string): string => `(SELECT count(*) FROM (SELECT FROM ${rows} LIMIT p_cap) counted)`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_counts_1')}(p_cap integer) RETURNS json LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_seen bigint;
  v_done bigint;
  v_cancelled bigint;
  v_ended float8;
  v_enqueued bigint;
  v_started bigint;
BEGIN
  SELECT count(*) FILTER (WHERE h.state = 'done'), count(*) FILTER (WHERE h.state = 'cancelled'), count(*)
  INTO v_done, v_cancelled, v_seen FROM (SELECT e.state FROM ${t.history} e LIMIT p_cap) h;
  IF v_seen = p_cap THEN
    v_cancelled := ${upTo(`${t.history} e WHERE e.state = 'cancelled'`)};
    SELECT greatest(c.reltuples / greatest(c.relpages, 1) * (pg_relation_size(c.oid) / current_setting('block_size')::integer), p_cap)
    INTO v_ended FROM pg_class c WHERE c.oid = ${t.literal('queue_job_history')}::regclass;
  END IF;
  -- What a node has, by its claims: no index knows.
  SELECT count(*) FILTER (WHERE h.state = 'enqueued'), count(*) FILTER (WHERE h.state = 'started')
  INTO v_enqueued, v_started
  FROM (
    SELECT j.state FROM ${t.claim} c CROSS JOIN LATERAL unnest(c.jobs) u (uuid)
    JOIN ${t.job} j ON j.uuid = u.uuid AND j.node = c.node LIMIT p_cap
  ) h;
  RETURN json_build_object(
    'wait_dependencies', ${upTo(`${t.job} j WHERE j.phase = ${Phase.parents}`)},
    'pending', ${upTo(`${t.job} j WHERE j.phase = ${Phase.eta}`)} + ${upTo(`${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL`)},
    'enqueued', v_enqueued, 'started', v_started,
    'failed', ${upTo(`${t.job} j WHERE j.phase = ${Phase.failed}`)},
    'done', v_done, 'cancelled', v_cancelled, 'ended', v_ended
  );
END $$`;
};
