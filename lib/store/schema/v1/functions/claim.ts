import type { Tables } from '../../../connection/tables.js';
import { candidates, channelOf, UNLIMITED } from './candidates.js';
import { CLAIMED_COLUMNS, CLAIMED_TYPES, nulls } from './claimed-columns.js';
import { entriesRead, inStretch, orderMarks, stretches, walked } from './low-water.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/** Rows of each of many channels that a claim looks at, at least, unless that comes to more than so many in all. */
const FEWEST = 8;
const ROWS = 4_000;

/**
 * `queue_job_claim(…)`: takes ready jobs for a node, in the order of priority and creation over all channels that have
 * room, and the permits that these need. The answer has the jobs, those to keep at hand, without a permit, with `prefetched`;
 * its last row carries `info` for the node.
 *
 * The protocol, and why its order matters:
 * 1. A shared lock against changes of the channels. A node whose tree is of another version claims nothing (`stale`).
 * 2. Which channels have ready jobs: a loose scan of the ready index, one probe a channel. Under an old snapshot, the node
 *    gives marks, and this and the picks read only what lies beyond them: see `low-water.ts`.
 * 3. The rows of the channels that limit any of these are locked in the order of their names, so no two claims deadlock.
 * 4. Only then, in a new statement, the permits that are out are summed. A sum in the statement that takes the lock would
 *    use the snapshot from before the wait, and give too many.
 * 5. The picks are locked, a job that someone else took meanwhile is left out, and the permits are booked for what is left.
 *
 * `p_brings`: the round trip has written something before. One that has not, and takes nothing, doesn't wait for the disk.
 */
export const claim = (t: Tables): string => {
  const lock = (rows: string): string => `
          SELECT coalesce(array_agg(k.ctid), '{}'), coalesce(array_agg(k.uuid), '{}') INTO v_locked, v_uuids FROM (${rows}) k;`;
  const lockInOrder = (picks: string): string =>
    lock(`
            SELECT j.ctid, j.uuid FROM unnest(${picks}) WITH ORDINALITY k (row, at) JOIN ${t.job} j ON j.ctid = k.row
            WHERE j.phase = ${Phase.ready} AND j.node IS NULL ORDER BY k.at FOR NO KEY UPDATE OF j SKIP LOCKED
          `);
  // What is locked is taken, noted in the ledger first, so that no CTE has to keep the rows for both: of a claim of a
  // thousand jobs, the statements that lock and mark took 5.2 µs a job instead of 7.2.
  const take = (prefetched: string): string => `
          IF cardinality(v_uuids) > 0 THEN
            v_writes := true;
            INSERT INTO ${t.claim} AS c (node, id, jobs) VALUES (p_node, p_batch, v_uuids)
            ON CONFLICT (node, id) DO UPDATE SET jobs = c.jobs || excluded.jobs;
            RETURN QUERY UPDATE ${t.job} j SET
              -- A number that somebody damaged must not stop the claim of everybody else's jobs.
              node = p_node, state = 'enqueued', retry = least(j.retry, 2147483646) + 1, date_enqueued = v_now,
              identity_lock = CASE WHEN j.identity_until_done THEN j.identity_lock END
            WHERE j.ctid = ANY(v_locked)
            RETURNING NULL::json, ${prefetched}, ${CLAIMED_COLUMNS.map((column) => `j.${column}`).join(', ')};
          END IF;`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_claim_1')}(
  p_node integer, p_version bigint, p_dead boolean, p_fenced uuid[], p_released boolean, p_promote boolean, p_slots integer,
  p_prefetch_channels text[], p_prefetch integer[], p_names text[], p_only text[], p_batch bigint,
  p_mark_channels text[], p_mark_priorities integer[], p_mark_seqs bigint[], p_brings boolean DEFAULT true
) RETURNS TABLE (info json, prefetched boolean, ${CLAIMED_TYPES}) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  v_next_eta float8;
  v_stale boolean := false;
  v_channels text[];
  v_missing text[];
  v_prefetch_asked integer := coalesce((SELECT sum(h) FROM unnest(p_prefetch) h), 0);
  v_prefetch_left integer := v_prefetch_asked;
  v_read bigint := ${entriesRead(t)};
  v_slots integer := p_slots;
  v_limited boolean;
  v_short boolean;
  v_prefetch jsonb;
  v_fetch integer;
  v_more boolean := false;
  v_count integer;
  v_wake float8;
  v_starved text[] := '{}';
  -- the channels that limit something, an element each
  g_name text[];
  g_room integer[];
  g_held integer[];
  g_strict boolean[];
  g_sequential boolean[];
  g_starved boolean[];
  g_passed boolean[];
  -- the channels with candidates, an element each
  c_prefetch integer[];
  v_picks tid[] := '{}';
  v_prefetched tid[] := '{}';
  v_locked tid[];
  v_uuids uuid[];
  v_writes boolean := p_brings;
  v_blocked boolean;
  v_may_prefetch boolean;
  v_cursor refcursor;
  v_fair boolean := false;
  r record;
  g integer;
BEGIN
  IF p_dead THEN
    RETURN QUERY SELECT json_build_object('dead', true, 'fenced', p_fenced), ${nulls()};
    RETURN;
  END IF;

  -- What was released may have its eta still to come, which this node has to know of.
  IF p_promote OR p_released THEN
    UPDATE ${t.job} j SET phase = ${Phase.ready} WHERE j.ctid = ANY(ARRAY(
      SELECT d.ctid FROM ${t.job} d WHERE d.phase = ${Phase.eta} AND d.eta <= v_now ORDER BY d.eta LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
    ));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_writes := v_writes OR v_count > 0;
    -- One that is due and was not moved is locked by somebody: not asked for again at once.
    SELECT CASE WHEN v_count = 1000 THEN 0 ELSE greatest(extract(epoch FROM greatest(d.eta, v_now) - v_now) * 1000, 50) END INTO v_next_eta
    FROM ${t.job} d WHERE d.phase = ${Phase.eta} AND d.eta < 'infinity' ORDER BY d.eta LIMIT 1;
  END IF;

  IF v_slots > 0 OR v_prefetch_left > 0 THEN
    PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
    v_stale := p_version <> (SELECT m.config_version FROM ${t.meta} m);
  END IF;

  IF NOT v_stale AND (v_slots > 0 OR v_prefetch_left > 0) THEN${orderMarks(t)}
    v_channels := ${t.name('queue_job_ready_channels_1')}(p_mark_channels, p_mark_priorities, p_mark_seqs);
    IF p_only IS NOT NULL THEN
      v_channels := ARRAY(SELECT f FROM unnest(v_channels) f WHERE EXISTS (
        SELECT 1 FROM unnest(p_only) o WHERE f = o OR starts_with(f, o || '.')
      ));
    END IF;

    IF cardinality(v_channels) > 0 THEN
      SELECT coalesce(bool_or(cardinality(c.limiting_channels) > 0), false), array_agg(c.name) INTO v_limited, v_missing
      FROM unnest(v_channels) f (channel) ${channelOf(t)};
      -- A channel that has no row yet may still stand below one with a limit: its node makes the row, and asks again.
      IF cardinality(v_missing) IS DISTINCT FROM cardinality(v_channels) THEN
        v_missing := ARRAY(SELECT f FROM unnest(v_channels) f WHERE f <> ALL(coalesce(v_missing, '{}')));
        v_channels := ARRAY(SELECT f FROM unnest(v_channels) f WHERE f <> ALL(v_missing));
        v_more := true;
      ELSE
        v_missing := NULL;
      END IF;

      IF cardinality(v_channels) = 1 THEN v_short := v_channels[1] = ANY(p_prefetch_channels); END IF;
      IF NOT v_limited AND cardinality(v_channels) = 1 AND (v_short OR v_slots > 0) THEN
        -- One channel without any limit: no permits, no lock, straight from the index.
        v_fetch := v_slots + CASE WHEN v_short THEN v_prefetch_left ELSE 0 END;
        ${lock(`
            SELECT d.ctid, d.uuid FROM ${stretches('v_channels[1]')} s
            CROSS JOIN LATERAL (
              SELECT j.ctid, j.uuid FROM ${t.job} j
              WHERE j.phase = ${Phase.ready} AND j.channel = v_channels[1] AND ${inStretch} AND j.node IS NULL AND j.name = ANY(p_names)
              ORDER BY j.priority, j.seq LIMIT v_fetch FOR NO KEY UPDATE SKIP LOCKED
            ) d LIMIT v_fetch
          `)}
        ${take('false')}
        v_more := v_more OR cardinality(v_locked) = v_fetch;
      ELSIF cardinality(v_channels) > 0 THEN
        -- Channels that are full, by a look without a lock, aren't worth one: who gives room there claims in that same
        -- transaction, and what is left is published to the nodes that were starved.
        IF v_limited THEN
          SELECT array_agg(l.limiting ORDER BY l.limiting COLLATE "C") INTO g_name
          FROM (
            SELECT DISTINCT unnest(c.limiting_channels) AS limiting FROM ${t.channel} c WHERE c.name = ANY(v_channels)
          ) l;
          WITH seen AS MATERIALIZED (
            SELECT c.name, c.sequential,
              NOT c.paused AND (c.next_start IS NULL OR c.next_start <= v_now) AND (c.capacity IS NULL OR c.capacity >
                coalesce((SELECT sum(p.count) FROM ${t.permit} p WHERE p.channel = c.name), 0)) AS room,
              v_prefetch_left > 0 AND EXISTS (
                SELECT 1 FROM ${t.permit} p WHERE p.channel = c.name AND p.node = p_node AND p.count > 0) AS held,
              CASE WHEN c.next_start > v_now THEN extract(epoch FROM c.next_start - v_now) * 1000 END AS wake
            FROM ${t.channel} c WHERE c.name = ANY(g_name)
          )
          -- (Under a sequential channel all are looked at, for a full one there stops those behind it.)
          SELECT array_agg(c.name) FILTER (WHERE w.open), min(w.wake) INTO v_channels, v_wake
          FROM ${t.channel} c
          CROSS JOIN LATERAL (
            SELECT coalesce(bool_and(s.room OR s.held), true) OR coalesce(bool_or(s.sequential AND s.room), false) AS open,
              min(s.wake) AS wake
            FROM seen s WHERE s.name = ANY(c.limiting_channels)
          ) w
          WHERE c.name = ANY(v_channels);
          v_starved := ARRAY(SELECT f FROM unnest(g_name) f);
          PERFORM 1 FROM ${t.channel} c
          WHERE c.name = ANY(ARRAY(SELECT DISTINCT unnest(b.limiting_channels) FROM ${t.channel} b WHERE b.name = ANY(v_channels)))
          ORDER BY c.name FOR NO KEY UPDATE;
        END IF;
        v_now := clock_timestamp();

        -- A new statement, so a new snapshot: the sum of what is out, with what this node came back with already taken off.
        SELECT array_agg(q.name ORDER BY q.name), array_agg(q.room ORDER BY q.name), array_agg(q.held ORDER BY q.name),
          array_agg(q.strict ORDER BY q.name),
          array_agg(q.sequential ORDER BY q.name), coalesce(bool_or(q.fair), false),
          array_agg(false ORDER BY q.name), array_agg(false ORDER BY q.name),
          least(v_wake, min(q.wake))
        INTO g_name, g_room, g_held, g_strict, g_sequential, v_fair, g_starved, g_passed, v_wake
        FROM (
          SELECT c.name,
            CASE
              WHEN c.paused OR c.next_start > v_now THEN 0
              WHEN c.sequential AND EXISTS (
                SELECT 1 FROM ${t.job} s WHERE s.phase = ${Phase.failed} AND s.channel >= c.name AND s.channel < c.name || '/'
                AND (s.channel = c.name OR s.channel >= c.name || '.')
              ) THEN 0
              ELSE least(
                greatest(coalesce(c.capacity - o.out, ${UNLIMITED}), 0),
                CASE WHEN c.throttle IS NULL THEN ${UNLIMITED} ELSE 1 END
              )
            END::integer AS room,
            o.held::integer AS held,
            -- What was lowered below what is out gets permits back: at hand nothing may wait for one that becomes free.
            c.sequential OR c.fair OR c.throttle IS NOT NULL OR c.paused OR coalesce(o.out > c.capacity, false) AS strict,
            c.sequential, c.fair,
            CASE WHEN c.next_start > v_now THEN extract(epoch FROM c.next_start - v_now) * 1000 END AS wake
          FROM ${t.channel} c
          CROSS JOIN LATERAL (
            SELECT coalesce(sum(p.count), 0) AS out, coalesce(sum(p.count) FILTER (WHERE p.node = p_node), 0) AS held
            FROM ${t.permit} p WHERE p.channel = c.name
          ) o
          WHERE c.name = ANY(ARRAY(SELECT DISTINCT unnest(b.limiting_channels) FROM ${t.channel} b WHERE b.name = ANY(v_channels)))
        ) q;
        g_name := coalesce(g_name, '{}');
        -- (An object, since a search in an array for each of a thousand channels would take 8 ms.)
        v_prefetch := jsonb_object(p_prefetch_channels, p_prefetch::text[]);
        c_prefetch := ARRAY(SELECT coalesce((v_prefetch ->> f)::integer, 0) FROM unnest(v_channels) f);
        -- Enough of each channel for a full answer, but not much more when there are many: the order is kept by
        -- stopping at the first channel that was cut off.
        v_fetch := CASE WHEN cardinality(v_channels) <= 2 THEN v_slots + v_prefetch_left
          ELSE least(v_slots + v_prefetch_left, greatest(2 * (v_slots + v_prefetch_left) / cardinality(v_channels), least(${FEWEST}, ${ROWS} / cardinality(v_channels)), 2)) END;

        IF v_fair THEN
          OPEN v_cursor FOR
            WITH x AS MATERIALIZED (${candidates(t)}), lists AS (
              SELECT array_agg(x.seq) AS seqs, array_agg(x.priority) AS priorities, array_agg(x.channel) AS channels FROM x
            )
            SELECT x.* FROM lists l
            CROSS JOIN LATERAL unnest(l.seqs, ${t.name('queue_job_turns_1')}(l.seqs, l.priorities, l.channels)) u (seq, turn)
            JOIN x ON x.seq = u.seq
            ORDER BY x.priority, u.turn;
        ELSE
          OPEN v_cursor FOR SELECT x.* FROM (${candidates(t)}) x ORDER BY x.priority, x.seq;
        END IF;
        LOOP
          FETCH v_cursor INTO r;
          EXIT WHEN NOT FOUND;
          v_blocked := v_slots <= 0 OR NOT r.known;
          v_may_prefetch := c_prefetch[r.at] > 0 AND r.known;
          IF r.path IS NOT NULL THEN
            FOREACH g IN ARRAY r.path LOOP
              IF g_room[g] <= 0 THEN
                v_blocked := true;
                g_starved[g] := true;
                IF g_held[g] <= 0 OR g_passed[g] THEN v_may_prefetch := false; END IF;
              END IF;
              IF g_strict[g] THEN v_may_prefetch := false; END IF;
            END LOOP;
          END IF;
          IF NOT v_blocked THEN
            v_picks := array_append(v_picks, r.row);
            v_slots := v_slots - 1;
            IF r.path IS NOT NULL THEN
              FOREACH g IN ARRAY r.path LOOP
                g_room[g] := g_room[g] - 1;
                g_held[g] := g_held[g] + 1;
              END LOOP;
            END IF;
          ELSIF v_may_prefetch THEN
            v_prefetched := array_append(v_prefetched, r.row);
            c_prefetch[r.at] := c_prefetch[r.at] - 1;
            v_prefetch_left := v_prefetch_left - 1;
          ELSE
            IF r.path IS NOT NULL THEN
              FOREACH g IN ARRAY r.path LOOP
                -- Passed by for want of a permit, so nothing behind it may wait at hand for that same permit.
                IF g_room[g] <= 0 THEN g_passed[g] := true; END IF;
                -- Strictly in order: what can't start now stops those behind it.
                IF g_sequential[g] AND v_slots > 0 THEN g_room[g] := 0; END IF;
              END LOOP;
            END IF;
            CONTINUE;
          END IF;
          IF r.cut OR (v_slots <= 0 AND v_prefetch_left <= 0) THEN
            v_more := true;
            EXIT;
          END IF;
        END LOOP;
        CLOSE v_cursor;

        -- What the look without a lock found full and no candidate asked for again: still starved.
        v_starved := ARRAY(
          SELECT h FROM unnest(v_starved) h
          WHERE h <> ALL(g_name) OR g_starved[array_position(g_name, h)]
        );

        IF cardinality(v_picks) > 0 THEN
          ${lockInOrder('v_picks')}
          v_more := v_more OR cardinality(v_locked) < cardinality(v_picks);
          v_picks := v_locked;
          IF v_limited THEN
            INSERT INTO ${t.permit} AS p (channel, node, count)
            SELECT u.limiting, p_node, count(*)
            FROM unnest(v_picks) k (row)
            JOIN ${t.job} j ON j.ctid = k.row
            JOIN ${t.channel} c ON c.name = j.channel
            CROSS JOIN LATERAL unnest(c.limiting_channels) u (limiting)
            GROUP BY u.limiting ORDER BY u.limiting
            ON CONFLICT (channel, node) DO UPDATE SET count = p.count + excluded.count;
            UPDATE ${t.channel} c SET next_start = v_now + c.throttle * interval '1 second'
            WHERE c.throttle IS NOT NULL AND c.name IN (
              SELECT unnest(b.limiting_channels) FROM unnest(v_picks) k (row)
              JOIN ${t.job} j ON j.ctid = k.row JOIN ${t.channel} b ON b.name = j.channel
            );
            IF v_fair THEN PERFORM ${t.name('queue_job_served_1')}(v_picks); END IF;
          END IF;
          ${take('false')}
        END IF;
        IF cardinality(v_prefetched) > 0 THEN
          ${lockInOrder('v_prefetched')}
          ${take('true')}
        END IF;
      END IF;
    END IF;
  END IF;

  -- Nothing but locks on rows: not worth waiting for the disk (0.33 ms instead of 0.47), as each node would that is told of
  -- a job which another takes.
  IF NOT v_writes THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
  RETURN QUERY SELECT json_strip_nulls(json_build_object(
    'at', v_now, 'stale', nullif(v_stale, false), 'released', nullif(p_released, false), 'fenced', CASE WHEN cardinality(p_fenced) > 0 THEN p_fenced END,
    'nextEta', v_next_eta, 'wake', v_wake, 'more', nullif(v_more, false), 'missing', v_missing, 'walked', ${walked(t)},
    'starved', CASE WHEN cardinality(v_starved) > 0 THEN v_starved END
  )), ${nulls()};
END $$`;
};
