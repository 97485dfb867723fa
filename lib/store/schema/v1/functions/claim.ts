import type { Tables } from '../../../connection/tables.js';
import { openCandidates } from './candidates.js';
import { chooseAgain, chooseChannels, inOrder } from './choose-channels.js';
import { CLAIMED_COLUMNS, CLAIMED_TYPES, nulls } from './claimed-columns.js';
import { entriesRead, GREATEST, inStretch, orderMarks, stretches, walked } from './low-water.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { bookPermits, lockLimitingChannels, PICK, promoteDue, sumPermits } from './claim-steps.js';
import { Phase } from '../phase.js';

/** Of the jobs to be prefetched, so many may be worth a channel of their own to look into. */
const PREFETCH_CHANNELS = 250;

/** In the place of a channel: all that the node does not list, and how many jobs of each of these it prefetches at most. */
const OTHER_CHANNELS = '*';
const FEW = 4;

/** So often the channels are chosen again where they take turns and some of them are full; then all of them are looked into. */
const ROUNDS = 8;

/**
 * `queue_job_claim(…)`: takes ready jobs for a node, in the order of priority and creation over all channels that have
 * room, and the permits that these need. The answer has the jobs, those to prefetch, without a permit, with `prefetched`;
 * its last row carries `info` for the node.
 *
 * The protocol, and why its order matters:
 * 1. A shared lock against changes of the channels. A node whose tree is of another version claims nothing (`stale`).
 * 2. Which channels have ready jobs, and the first job of each: a loose scan of the ready index, one probe a channel. Under
 *    an old snapshot, the node gives marks, and this and the picks read only what lies beyond them: see `low-water.ts`.
 * 3. The channels that are worth it are chosen, in the order of their first jobs: see `choose-channels.ts`.
 * 4. The rows of the channels that limit any of these are locked in the order of their names, so no two claims deadlock.
 * 5. Only then, in a new statement, the permits that are out are summed. A sum in the statement that takes the lock would
 *    use the snapshot from before the wait, and give too many.
 * 6. The picks are locked, a job that someone else took meanwhile is left out, and the permits are booked for what is left.
 *
 * `p_brings`: the round trip has written something before. One that has not, and takes nothing, doesn't wait for the disk.
 */
export const claim = (t: Tables): string => {
  const lock = (rows: string): string => `
          SELECT coalesce(array_agg(k.ctid), '{}'), coalesce(array_agg(k.uuid), '{}') INTO v_locked, v_uuids FROM (${rows}) k;`;
  // (Row by row: by the statistics of a table that was empty a moment ago, a join may go through all of the ready index
  // for each pick, 40 ms for 150 of 4,000 jobs.)
  const lockInOrder = (picks: string): string =>
    lock(`
            SELECT j.ctid, j.uuid FROM unnest(${picks}) k (row) CROSS JOIN LATERAL (
              SELECT j.ctid, j.uuid FROM ${t.job} j
              WHERE j.ctid = k.row AND j.phase = ${Phase.ready} AND j.node IS NULL FOR NO KEY UPDATE SKIP LOCKED
            ) j
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
  p_mark_channels text[], p_mark_priorities integer[], p_mark_seqs bigint[], p_brings boolean DEFAULT true,
  p_prefetch_most integer DEFAULT NULL
) RETURNS TABLE (info json, prefetched boolean, ${CLAIMED_TYPES}) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  v_next_eta float8;
  v_stale boolean := false;
  -- the channels in the ready index, with the first entry and the first free job of each
  v_heads record;
  -- the channels looked into, and from where on
  v_channels text[] := '{}';
  v_priorities integer[] := '{}';
  v_seqs bigint[] := '{}';
  v_wanted integer;
  v_rest integer;
  v_missing text[];
  v_prefetch_asked integer := least(coalesce((SELECT sum(h) FROM unnest(p_prefetch) h), 0), p_prefetch_most);
  v_prefetch_left integer := v_prefetch_asked;
  v_read bigint := ${entriesRead(t)};
  v_slots integer := p_slots;
  v_limited boolean;
  v_prefetch jsonb;
  -- of a channel that is not listed
  v_prefetch_others integer;
  v_places jsonb;
  v_fetch integer;
  v_end_priority integer := ${GREATEST};
  v_end_seq bigint := ${Number.MAX_SAFE_INTEGER};
  v_more boolean := false;
  v_count integer;
  v_wake float8;
  v_rated boolean;
  v_throttled boolean;
  v_full text[] := '{}';
  v_starved text[] := '{}';
  -- what limits them, looked at without a lock, an element each
  l_at jsonb := '{}';
  l_room integer[] := '{}';
  l_held boolean[] := '{}';
  l_wake float8[] := '{}';
  -- as they were before the first channel was chosen
  l_first_room integer[] := '{}';
  l_first_held boolean[] := '{}';
  v_skipped text[] := '{}';
  v_round integer := 0;
  l_sequential boolean[] := '{}';
  l_inherit boolean[] := '{}';
  l_book boolean[] := '{}';
  l_blocker_priority integer[] := '{}';
  l_blocker_seq bigint[] := '{}';
  -- the first free jobs of those that have others before it
  w_priorities integer[] := '{}';
  w_seqs bigint[] := '{}';
  v_open boolean;
  v_room boolean;
  v_name text;
  -- the same of those that were chosen, locked, an element each
  g_name text[];
  g_room integer[];
  g_held integer[];
  g_inherit boolean[];
  g_book boolean[];
  g_sequential boolean[];
  g_starved boolean[];
  g_passed boolean[];
  -- permits that are kept for prefetched jobs
  g_booked integer[] := '{}';
  -- with a rate: in how many milliseconds more may start than now
  g_again float8[];
  -- the limiting channels of what was picked, and how many jobs of it are below each
  b_names text[];
  b_jobs integer[];
  -- the channels with candidates, an element each
  c_prefetch integer[];
  v_picks tid[] := '{}';
  v_prefetched tid[] := '{}';
  -- the numbers of the prefetched jobs, in the order in which they may start
  v_ahead bigint[] := '{}';
  v_ahead_uuids uuid[] := '{}';
  v_locked tid[];
  v_uuids uuid[];
  v_writes boolean := p_brings;
  v_blocked boolean;
  v_held_up boolean;
  v_may_prefetch boolean;
  v_cursor refcursor;
  v_fair boolean := false;
  r record;
  l record;
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
    SELECT n.* INTO v_heads FROM ${t.name('queue_job_ready_heads_1')}(p_names, p_mark_channels, p_mark_priorities, p_mark_seqs) n;
    IF p_only IS NOT NULL THEN${onlyServed}
    END IF;
    -- (An object, since a search in an array for each of a thousand channels would take 8 ms.)
    v_prefetch := jsonb_object(p_prefetch_channels, p_prefetch::text[]);
    v_prefetch_others := least(coalesce((v_prefetch ->> '${OTHER_CHANNELS}')::integer, 0), ${FEW});
    v_wanted := v_slots + least(v_prefetch_left, ${PREFETCH_CHANNELS});
    v_fair := cardinality(v_heads.channels) > 1 AND EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.fair);
    LOOP
      IF cardinality(v_heads.channels) > 1 THEN${inOrder(t)}
      END IF;
      ${chooseChannels(t)}
      -- Where channels take turns, what can't start takes none: the order of the others is found without it.
      EXIT WHEN NOT v_fair OR v_rest IS NULL OR cardinality(v_skipped) = 0;
      v_round := v_round + 1;
      v_wanted := CASE WHEN v_round < ${ROUNDS} THEN v_slots + least(v_prefetch_left, ${PREFETCH_CHANNELS}) ELSE cardinality(v_heads.channels) END;${chooseAgain}
    END LOOP;

    IF cardinality(v_channels) > 0 THEN
      v_limited := cardinality(l_room) > 0;
      IF NOT v_limited AND cardinality(v_channels) = 1 THEN
        -- One channel without any limit: no permits, no lock, straight from the index.
        v_fetch := v_slots + CASE WHEN v_channels[1] = ANY(p_prefetch_channels) THEN v_prefetch_left ELSE v_prefetch_others END;
        ${lock(`
            SELECT d.ctid, d.uuid FROM ${stretches('v_channels[1]')} s
            CROSS JOIN LATERAL (
              SELECT j.ctid, j.uuid FROM ${t.job} j
              WHERE j.phase = ${Phase.ready} AND j.channel = v_channels[1] AND ${inStretch} AND j.node IS NULL AND j.name = ANY(p_names)
                AND (j.priority, j.seq) >= (v_priorities[1], v_seqs[1])
              ORDER BY j.priority, j.seq LIMIT v_fetch FOR NO KEY UPDATE SKIP LOCKED
            ) d LIMIT v_fetch
          `)}
        ${take('false')}
        v_more := v_more OR cardinality(v_locked) = v_fetch;
      ELSE
        ${lockLimitingChannels(t)}
        v_now := clock_timestamp();

        ${sumPermits(t)}
        c_prefetch := ARRAY(SELECT coalesce((v_prefetch ->> f)::integer, v_prefetch_others) FROM unnest(v_channels) f);
        v_places := coalesce((SELECT jsonb_object_agg(q.name, q.at) FROM unnest(g_name) WITH ORDINALITY q (name, at)), '{}');
        IF v_rest IS NOT NULL THEN
          v_more := true;
          IF NOT v_fair THEN
            v_end_priority := v_heads.priorities[v_rest];
            v_end_seq := v_heads.seqs[v_rest];
          END IF;
        END IF;

        IF cardinality(p_mark_channels) > 0 THEN${openCandidates(t, true)}
        ELSE${openCandidates(t, false)}
        END IF;
        ${PICK}

        -- What the look without a lock found full, and no candidate asked for again.
        v_starved := ARRAY(
          SELECT h FROM unnest(v_full) h WHERE h <> ALL(g_name)
          UNION ALL
          SELECT q.name FROM unnest(g_name, g_starved) q (name, starved) WHERE q.starved
        );
        IF v_rated THEN
          v_wake := least(v_wake, (SELECT min(q.again) FROM unnest(g_again, g_starved) q (again, starved) WHERE q.starved));
        END IF;

        IF cardinality(v_prefetched) > 0 THEN
          ${lockInOrder('v_prefetched')}
          v_ahead_uuids := v_uuids;
          IF cardinality(v_locked) < cardinality(v_prefetched) AND 1 = ANY(g_booked) THEN
            -- Seldom: none is prefetched then, since a permit may have been for one that someone else has.
            v_more := true;
            v_locked := '{}'; v_ahead_uuids := '{}'; v_ahead := '{}'; g_booked := '{}';
          END IF;
          v_prefetched := v_locked;
        END IF;
        IF cardinality(v_picks) > 0 THEN
          ${lockInOrder('v_picks')}
          v_more := v_more OR cardinality(v_locked) < cardinality(v_picks);
          v_picks := v_locked;
        END IF;
        IF cardinality(v_picks) + cardinality(v_prefetched) > 0 THEN
          ${bookPermits(t)}
        END IF;
        IF cardinality(v_picks) > 0 THEN${take('false')}
        END IF;
        v_locked := v_prefetched; v_uuids := v_ahead_uuids;
        IF cardinality(v_prefetched) > 0 THEN${take('true')}
        END IF;
      END IF;
    ELSE
      v_starved := v_full;
    END IF;
  END IF;

  -- Nothing but locks on rows: not worth waiting for the disk (0.33 ms instead of 0.47), as each node would that is told of
  -- a job which another takes.
  IF NOT v_writes THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
  RETURN QUERY SELECT json_strip_nulls(json_build_object(
    'at', v_now, 'stale', nullif(v_stale, false), 'released', nullif(p_released, false), 'fenced', CASE WHEN cardinality(p_fenced) > 0 THEN p_fenced END,
    'nextEta', v_next_eta, 'wake', v_wake, 'more', nullif(v_more, false), 'missing', v_missing, 'walked', ${walked(t)},
    'booked', (SELECT json_object_agg(q.name, q.booked) FROM unnest(g_name, g_booked) q (name, booked) WHERE q.booked > 0),
    'turns', CASE WHEN v_fair AND cardinality(v_ahead) > 0 THEN v_ahead END,
    'starved', CASE WHEN cardinality(v_starved) > 0 THEN v_starved END
  )), ${nulls()};
END $$`;
};

/** Leaves out what this node doesn't serve; it may still stop others that are below the same limits. */
const onlyServed = `
      SELECT array_agg(h.channel ORDER BY h.at) FILTER (WHERE h.served), array_agg(h.priority ORDER BY h.at) FILTER (WHERE h.served),
        array_agg(h.seq ORDER BY h.at) FILTER (WHERE h.served),
        array_agg(h.free_priority ORDER BY h.at) FILTER (WHERE h.served), array_agg(h.free_seq ORDER BY h.at) FILTER (WHERE h.served),
        v_heads.strange_channels || array_agg(h.channel) FILTER (WHERE NOT h.served AND h.free_seq IS NOT NULL),
        v_heads.strange_priorities || array_agg(h.free_priority) FILTER (WHERE NOT h.served AND h.free_seq IS NOT NULL),
        v_heads.strange_seqs || array_agg(h.free_seq) FILTER (WHERE NOT h.served AND h.free_seq IS NOT NULL)
      INTO v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs,
        v_heads.strange_channels, v_heads.strange_priorities, v_heads.strange_seqs
      FROM (
        SELECT u.*, EXISTS (SELECT 1 FROM unnest(p_only) o WHERE u.channel = o OR starts_with(u.channel, o || '.')) AS served
        FROM unnest(v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs)
          WITH ORDINALITY u (channel, priority, seq, free_priority, free_seq, at)
      ) h;`;
