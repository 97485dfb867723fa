import type { Tables } from '../../../connection/tables.js';
import { UNLIMITED } from './candidates.js';
import { RATE_ROOM, taken } from './rates.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/** Bounds, so that an explanation takes the same time however many jobs wait: channels, jobs of a channel, and jobs that are counted. */
const CHANNELS = 500;
const JOBS = 200;
const COUNTED = 1_000;
/** Jobs of a channel that no node knows are read past, up to this number. */
const UNKNOWN = 300;
/** Ends are counted over this time, in minutes, for the measured rate. */
const MEASURED_MIN = 5;

/**
 * `queue_job_explain(uuids)`: what decides why jobs wait, as JSON, all of one moment: the function is STABLE.
 * - `jobs`: the jobs, live or ended, with the number of living nodes that know and that serve each.
 * - `channels`: what the channels that limit any of them, or a job before them, allow now.
 * - `candidates`: the ready jobs that a claim of every node together would go through up to the last of these jobs, in its
 *   order, as far as the limits have room for them; and what stands in the way in channels that go strictly in order.
 * - `ahead`: of each ready job, how many wait before it below each channel that limits it, and in all.
 * - `parents`: of those that wait for parents, which.
 */
export const explain = (t: Tables): string => {
  const below = (channel: string, name: string): string =>
    `(${channel} = ${name} OR starts_with(${channel}, ${name} || '.'))`;
  const inside = (name: string): string =>
    `j.channel >= ${name} AND j.channel < ${name} || '/' AND (j.channel = ${name} OR j.channel >= ${name} || '.')`;
  const served = (row: string): string => `${row}.name <> ALL(v_paused) AND EXISTS (
          SELECT 1 FROM unnest(v_kinds) k (kind) WHERE (k.kind -> 'names') ? ${row}.name AND (
            jsonb_typeof(k.kind -> 'channels') = 'null'
            OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(k.kind -> 'channels') o (name) WHERE ${below(`${row}.channel`, 'o.name')})
          ))`;
  const ms = (date: string): string =>
    `CASE WHEN isfinite(${date}) THEN extract(epoch FROM ${date}) * 1000 END`;
  const fields = (phase: string, error: string): string => `
      'uuid', j.uuid, 'name', j.name, 'state', j.state, 'phase', ${phase}, 'channel', j.channel, 'priority', j.priority,
      'seq', j.seq, 'retry', j.retry, 'maxRetries', j.max_retries, 'node', j.node, 'eta', ${ms('j.eta')},
      'enqueued', ${ms('j.date_enqueued')}, 'started', ${ms('j.date_started')}, 'ended', ${ms('j.date_done')},
      'excName', ${error}.exc_name, 'excMessage', left(${error}.exc_message, 500)`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_explain_1')}(p_uuids uuid[]) RETURNS json LANGUAGE plpgsql STABLE ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  -- what living nodes know and serve: nodes of one deployment are all alike
  v_kinds jsonb[] := ARRAY(
    SELECT DISTINCT jsonb_build_object('names', to_jsonb(coalesce(n.names, '{}')), 'channels', to_jsonb(n.channels))
    FROM ${t.node} n WHERE n.alive AND n.command IS NULL
  );
  v_paused text[] := ARRAY(SELECT f.name FROM ${t.jobFunction} f WHERE f.date_paused IS NOT NULL);
  v_jobs json;
  v_parents json;
  v_ready uuid[];
  v_heads record;
  v_priority integer;
  v_seq bigint;
  v_fair boolean := EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.fair);
  -- the channels looked into, with what limits each
  c_name text[];
  c_limits jsonb := '{}';
  c_more boolean := false;
  l_name text[];
  l_state jsonb := '{}';
  v_candidates json;
  v_ahead json;
  v_ended json;
BEGIN
  SELECT json_agg(x.job) INTO v_jobs FROM (
    SELECT json_build_object(${fields('j.phase', 'j')},
      'known', EXISTS (SELECT 1 FROM unnest(v_kinds) k (kind) WHERE (k.kind -> 'names') ? j.name), 'served', ${served('j')},
      'functionPaused', (SELECT json_build_object('by', f.paused_by, 'since', ${ms('f.date_paused')}) FROM ${t.jobFunction} f WHERE f.name = j.name AND f.date_paused IS NOT NULL)) AS job
    FROM ${t.job} j WHERE j.uuid = ANY(p_uuids)
    UNION ALL
    SELECT json_build_object(${fields('NULL', 'j')}, 'known', true, 'served', true)
    FROM ${t.history} j WHERE j.uuid = ANY(p_uuids)
  ) x;

  SELECT json_object_agg(j.uuid, json_build_object(
    'waitsFor', (
      SELECT json_agg(json_build_object('uuid', d.parent, 'state', d.state)) FROM (
        SELECT o.parent, coalesce((SELECT p.state FROM ${t.job} p WHERE p.uuid = o.parent), (SELECT p.state FROM ${t.history} p WHERE p.uuid = o.parent)) AS state
        FROM ${t.dependency} o WHERE o.child = j.uuid AND NOT o.satisfied ORDER BY o.parent LIMIT 20
      ) d
    ),
    'count', (SELECT count(*) FROM (SELECT FROM ${t.dependency} o WHERE o.child = j.uuid AND NOT o.satisfied LIMIT ${COUNTED}) d),
    -- The failed job that all of this waits for, however far up the graph.
    'failed', (
      WITH RECURSIVE up AS (
        SELECT o.parent FROM ${t.dependency} o WHERE o.child = j.uuid AND NOT o.satisfied
        UNION
        SELECT o.parent FROM up JOIN ${t.dependency} o ON o.child = up.parent AND NOT o.satisfied
      )
      SELECT json_build_object('uuid', f.uuid, 'name', f.name, 'excName', f.exc_name, 'excMessage', left(f.exc_message, 500))
      FROM (SELECT up.parent FROM up LIMIT ${COUNTED}) u JOIN ${t.job} f ON f.uuid = u.parent AND f.phase = ${Phase.failed} LIMIT 1
    )
  )) INTO v_parents
  FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.phase = ${Phase.parents};

  v_ready := ARRAY(SELECT j.uuid FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.phase = ${Phase.ready} AND j.node IS NULL);
  SELECT j.priority, j.seq INTO v_priority, v_seq FROM ${t.job} j WHERE j.uuid = ANY(v_ready) ORDER BY j.priority DESC, j.seq DESC LIMIT 1;

  IF v_priority IS NOT NULL THEN
    SELECT n.* INTO v_heads FROM ${t.name('queue_job_ready_heads_1')}(NULL, '{}', '{}', '{}') n;
    SELECT coalesce(array_agg(h.channel ORDER BY h.priority, h.seq), '{}'), coalesce(bool_or(h.nth > ${CHANNELS}), false)
    INTO c_name, c_more
    FROM (
      SELECT u.*, row_number() OVER (ORDER BY u.priority, u.seq) AS nth
      FROM unnest(v_heads.channels, v_heads.free_priorities, v_heads.free_seqs) u (channel, priority, seq)
      WHERE u.seq IS NOT NULL AND CASE WHEN v_fair THEN u.priority <= v_priority ELSE (u.priority, u.seq) <= (v_priority, v_seq) END
    ) h WHERE h.nth <= ${CHANNELS} + 1;
    c_name := c_name[1:${CHANNELS}];
  END IF;
  c_name := ARRAY(
    SELECT unnest(c_name) UNION SELECT j.channel FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.phase IN (${Phase.ready}, ${Phase.eta}) AND j.node IS NULL
  );

  -- A channel that has no row yet is limited by those above it.
  SELECT coalesce(jsonb_object_agg(n.name, to_jsonb(l.limits)), '{}') INTO c_limits
  FROM unnest(c_name) n (name) CROSS JOIN LATERAL (
    SELECT coalesce(
      (SELECT c.limiting_channels FROM ${t.channel} c WHERE c.name = n.name),
      (SELECT c.limiting_channels
        FROM generate_series(cardinality(string_to_array(n.name, '.')) - 1, 1, -1) depth
        JOIN ${t.channel} c ON c.name = array_to_string((string_to_array(n.name, '.'))[1:depth], '.')
        ORDER BY depth DESC LIMIT 1),
      '{}') AS limits
  ) l;
  l_name := ARRAY(SELECT DISTINCT x.name FROM jsonb_each(c_limits) e (channel, limits) CROSS JOIN LATERAL jsonb_array_elements_text(e.limits) x (name) ORDER BY 1);
  SELECT coalesce(jsonb_object_agg(c.name, jsonb_build_object(
    'capacity', c.capacity, 'out', o.out, 'paused', c.paused, 'sequential', c.sequential, 'throttle', c.throttle,
    'heldUntil', CASE WHEN c.held_until > v_now THEN ${ms('c.held_until')} END, 'heldBy', c.held_by, 'nextStart', CASE WHEN c.next_start > v_now THEN ${ms('c.next_start')} END,
    'rate', CASE WHEN c.rate_limit IS NOT NULL THEN jsonb_build_object('limit', c.rate_limit, 'per', c.rate_per, 'taken', w.taken, 'seconds', w.seconds) END,
    'failed', f.failed,
    'room', CASE WHEN c.paused OR c.next_start > v_now OR f.failed IS NOT NULL THEN 0 ELSE greatest(least(
      coalesce(c.capacity - o.out, ${UNLIMITED}), CASE WHEN c.throttle IS NULL THEN ${UNLIMITED} ELSE 1 END, ${RATE_ROOM}), 0) END
  )), '{}') INTO l_state
  FROM ${t.channel} c
  CROSS JOIN ${taken(t)}
  CROSS JOIN LATERAL (SELECT coalesce(sum(p.count), 0) AS out FROM ${t.permit} p WHERE p.channel = c.name) o
  CROSS JOIN LATERAL (
    SELECT CASE WHEN c.sequential THEN (
      SELECT jsonb_build_object('uuid', j.uuid, 'name', j.name, 'state', j.state) FROM ${t.job} j
      WHERE j.phase = ${Phase.failed} AND ${inside('c.name')} ORDER BY j.priority, j.seq LIMIT 1
    ) END AS failed
  ) f
  WHERE c.name = ANY(l_name);

  IF v_priority IS NOT NULL THEN
    WITH chosen AS MATERIALIZED (
      SELECT n.name, e.limits,
        CASE WHEN jsonb_array_length(e.limits) = 0 THEN 1 ELSE 1 + least(${JOBS}, (
          SELECT min((l_state -> x.name ->> 'room')::integer) FROM jsonb_array_elements_text(e.limits) x (name))) END AS fetch,
        EXISTS (SELECT 1 FROM jsonb_array_elements_text(e.limits) x (name) WHERE (l_state -> x.name ->> 'sequential')::boolean) AS in_order
      FROM unnest(c_name) n (name) CROSS JOIN LATERAL (SELECT c_limits -> n.name AS limits) e
    ), x AS MATERIALIZED (
      SELECT r.*, c.starts, row_number() OVER (PARTITION BY c.starts ORDER BY r.priority, r.seq) AS nth FROM (
        SELECT k.uuid, k.name, k.state, k.channel, k.priority, k.seq, k.claimable
        FROM chosen h CROSS JOIN LATERAL (
          SELECT p.*, ${served('p')} AS claimable FROM (
            SELECT j.uuid, j.name, j.state, j.channel, j.priority, j.seq FROM ${t.job} j
            WHERE j.phase = ${Phase.ready} AND j.channel = h.name AND j.node IS NULL
              AND (v_fair AND j.priority <= v_priority OR (j.priority, j.seq) <= (v_priority, v_seq))
            ORDER BY j.priority, j.seq LIMIT h.fetch + ${UNKNOWN}
          ) p WHERE h.in_order OR (${served('p')}) LIMIT h.fetch
        ) k
        UNION
        SELECT j.uuid, j.name, j.state, j.channel, j.priority, j.seq, ${served('j')} FROM ${t.job} j WHERE j.uuid = ANY(v_ready)
        UNION
        SELECT w.uuid, w.name, w.state, w.channel, w.priority, w.seq, false
        FROM unnest(l_name) l (name) CROSS JOIN LATERAL (
          SELECT j.uuid, j.name, j.state, j.channel, j.priority, j.seq FROM ${t.job} j
          WHERE (l_state -> l.name ->> 'sequential')::boolean AND j.phase = ${Phase.eta} AND ${inside('l.name')}
          ORDER BY j.priority, j.seq LIMIT 1
        ) w
      ) r
      -- What can't start takes no turn.
      CROSS JOIN LATERAL (SELECT r.claimable AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements_text(c_limits -> r.channel) l (name) WHERE (l_state -> l.name ->> 'room')::integer <= 0
      ) AS starts) c
    ), turns AS MATERIALIZED (
      SELECT CASE WHEN v_fair THEN ${t.name('queue_job_turns_1')}(
        array_agg(x.seq ORDER BY x.nth), array_agg(x.priority ORDER BY x.nth), array_agg(x.channel ORDER BY x.nth)) END AS turns FROM x WHERE x.starts
    )
    SELECT json_agg(json_build_object('uuid', x.uuid, 'name', x.name, 'state', x.state, 'claimable', x.claimable,
        'limits', (SELECT jsonb_agg(l.name ORDER BY l.name) FROM unnest(l_name) l (name) WHERE ${below('x.channel', 'l.name')}))
      ORDER BY x.priority, coalesce(CASE WHEN x.starts THEN u.turns[x.nth] END, x.seq))
    INTO v_candidates FROM x CROSS JOIN turns u;

    SELECT json_object_agg(a.uuid, a.counts) INTO v_ahead FROM (
      SELECT j.uuid, (
        SELECT json_object_agg(s.name, (
          SELECT count(*) FROM (
            SELECT FROM unnest(v_heads.channels, v_heads.free_priorities, v_heads.free_seqs) h (channel, priority, seq)
            CROSS JOIN LATERAL (
              SELECT FROM ${t.job} b WHERE b.phase = ${Phase.ready} AND b.channel = h.channel AND b.node IS NULL
                AND (b.priority, b.seq) < (j.priority, j.seq) LIMIT ${COUNTED}
            ) one
            WHERE (h.priority, h.seq) < (j.priority, j.seq) AND (s.name = '' OR ${below('h.channel', 's.name')})
            LIMIT ${COUNTED}
          ) counted
        )) FROM (SELECT '' AS name UNION ALL SELECT jsonb_array_elements_text(c_limits -> j.channel)) s
      ) AS counts
      FROM ${t.job} j WHERE j.uuid = ANY(v_ready)
    ) a;
    SELECT json_object_agg(l.name, l.ended) INTO v_ended FROM (
      SELECT n.name, coalesce(sum(r.ended), 0) AS ended
      FROM (SELECT '' AS name UNION ALL SELECT unnest(l_name)) n CROSS JOIN (
        SELECT u.channel, sum(u.done + u.failed + u.retried + u.cancelled) AS ended FROM ${t.rollup} u
        WHERE u.width = 60 AND u.bucket > v_now - interval '${MEASURED_MIN} minutes' AND u.name <> '' GROUP BY u.channel
      ) r WHERE n.name = '' OR ${below('r.channel', 'n.name')} GROUP BY n.name
    ) l;
  END IF;
  RETURN json_build_object('now', ${ms('v_now')}, 'jobs', coalesce(v_jobs, '[]'), 'nodes', cardinality(v_kinds), 'limits', c_limits,
    'channels', l_state, 'candidates', coalesce(v_candidates, '[]'), 'partial', c_more, 'ahead', coalesce(v_ahead, '{}'),
    'countedUpTo', ${COUNTED}, 'ended', coalesce(v_ended, '{}'), 'endedWithin', ${MEASURED_MIN * 60}, 'parents', coalesce(v_parents, '{}'));
END $$`;
};
