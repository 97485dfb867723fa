import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

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

/** What is looked at: channels with their priorities, and the first jobs of each. */
const PAIRS = 500;
const HEADS = 20;

/**
 * `queue_job_waiting()`: the job that has waited longest for its turn, and the names among those at the front which no
 * living node knows: since claims pass them by, the front is where they gather. It looks at the first jobs of each
 * channel and priority, however many stand behind them.
 */
export const waiting = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_waiting_1')}(OUT uuid uuid, OUT seconds float8, OUT unknown text[])
LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_known text[] := ARRAY(SELECT DISTINCT unnest(n.names) FROM ${t.node} n WHERE n.alive);
BEGIN
  WITH RECURSIVE pairs AS (
    (SELECT j.channel, j.priority, 1 AS place FROM ${t.job} j WHERE j.phase = ${Phase.ready} ORDER BY j.channel, j.priority LIMIT 1)
    UNION ALL
    SELECT n.channel, n.priority, p.place + 1 FROM pairs p CROSS JOIN LATERAL (
      SELECT j.channel, j.priority FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND (j.channel, j.priority) > (p.channel, p.priority) ORDER BY j.channel, j.priority LIMIT 1
    ) n WHERE p.place < ${PAIRS}
  ), heads AS MATERIALIZED (
    SELECT h.* FROM pairs p CROSS JOIN LATERAL (
      SELECT j.uuid, j.name, greatest(j.date_created, j.eta) AS since FROM ${t.job} j
      WHERE j.phase = ${Phase.ready} AND j.channel = p.channel AND j.priority = p.priority AND j.node IS NULL ORDER BY j.seq LIMIT ${HEADS}
    ) h
  )
  SELECT o.uuid, greatest(extract(epoch FROM clock_timestamp() - o.since), 0), (
    SELECT coalesce(array_agg(DISTINCT h.name), '{}') FROM heads h WHERE h.name <> ALL(v_known)
  ) INTO uuid, seconds, unknown
  FROM (SELECT) one LEFT JOIN LATERAL (SELECT h.uuid, h.since FROM heads h WHERE isfinite(h.since) ORDER BY h.since LIMIT 1) o ON true;
END $$`;

/** Rows that a look at what waits reads in all. */
const LIVE = 50_000;

/**
 * `queue_job_breakdown()`: how many jobs wait, run and have failed, by channel and name. It reads a bounded number of
 * those that wait, so where more do the numbers are "at least".
 */
export const breakdown = (t: Tables): string => {
  const some = (kind: string, where: string): string =>
    `(SELECT j.channel, j.name, '${kind}' AS kind FROM ${t.job} j WHERE ${where} LIMIT ${LIVE})`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_breakdown_1')}()
RETURNS TABLE (channel text, name text, waiting bigint, running bigint, failed bigint) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT x.channel COLLATE "C", x.name, count(*) FILTER (WHERE x.kind = 'waiting'),
    count(*) FILTER (WHERE x.kind = 'running'), count(*) FILTER (WHERE x.kind = 'failed')
  FROM (
    ${some('waiting', `j.phase = ${Phase.parents}`)} UNION ALL ${some('waiting', `j.phase = ${Phase.eta}`)}
    UNION ALL ${some('waiting', `j.phase = ${Phase.ready} AND j.node IS NULL`)} UNION ALL ${some('failed', `j.phase = ${Phase.failed}`)}
    UNION ALL (
      SELECT j.channel, j.name, 'running' FROM ${t.claim} c CROSS JOIN LATERAL unnest(c.jobs) u (uuid)
      JOIN ${t.job} j ON j.uuid = u.uuid AND j.node = c.node LIMIT ${LIVE}
    )
  ) x GROUP BY 1, 2;
END $$`;
};
