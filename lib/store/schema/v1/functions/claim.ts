import type { Tables } from '../../../connection/tables.js';
import { candidates, channelOf } from './candidates.js';
import { CLAIMED_COLUMNS, CLAIMED_TYPES, nulls } from './claimed-columns.js';
import { entriesRead, inStretch, orderMarks, stretches, walked } from './low-water.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { bookPermits, lockLimitingChannels, PICK, promoteDue, sumPermits } from './claim-steps.js';
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

  ${promoteDue(t)}

  IF v_slots > 0 OR v_prefetch_left > 0 THEN
    PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
    v_stale := p_version <> (SELECT m.config_version FROM ${t.meta} m);
    -- A node that was asked to drain takes nothing from the moment on at which that was committed.
    IF EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = p_node AND n.command IS NOT NULL) THEN
      v_slots := 0;
      v_prefetch_left := 0;
    END IF;
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
        ${lockLimitingChannels(t)}
        v_now := clock_timestamp();

        ${sumPermits(t)}
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
        ${PICK}

        -- What the look without a lock found full and no candidate asked for again: still starved.
        v_starved := ARRAY(
          SELECT h FROM unnest(v_starved) h
          WHERE h <> ALL(g_name) OR g_starved[array_position(g_name, h)]
        );

        IF cardinality(v_picks) > 0 THEN
          ${lockInOrder('v_picks')}
          v_more := v_more OR cardinality(v_locked) < cardinality(v_picks);
          v_picks := v_locked;
          ${bookPermits(t)}
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
