import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { UNLIMITED } from './candidates.js';
import { BOOK, INHERIT, TURNS_AHEAD } from './prefetch.js';
import { bookStarts, RATE_ROOM, taken } from './rates.js';

// The steps of `queue_job_claim`, in the order of its documentation; they share its variables.

/** Moves jobs whose eta has come to the ready ones. */
export const promoteDue = (
  t: Tables,
): string => `-- What was released may have its eta still to come, which this node has to know of.
  IF p_promote OR p_released THEN
    UPDATE ${t.job} j SET phase = ${Phase.ready} WHERE j.ctid = ANY(ARRAY(
      SELECT d.ctid FROM ${t.job} d WHERE d.phase = ${Phase.eta} AND d.eta <= v_now ORDER BY d.eta LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
    ));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_writes := v_writes OR v_count > 0;
    -- One that is due and was not moved is locked by somebody: not asked for again at once.
    SELECT CASE WHEN v_count = 1000 THEN 0 ELSE greatest(extract(epoch FROM greatest(d.eta, v_now) - v_now) * 1000, 50) END INTO v_next_eta
    FROM ${t.job} d WHERE d.phase = ${Phase.eta} AND d.eta < 'infinity' ORDER BY d.eta LIMIT 1;
  END IF;`;

/** Step 4: locks the rows of the channels that limit the chosen ones, in the order of their names. */
export const lockLimitingChannels = (t: Tables): string => `IF v_limited THEN
          PERFORM 1 FROM ${t.channel} c
          WHERE c.name = ANY(ARRAY(SELECT DISTINCT unnest(b.limiting_channels) FROM ${t.channel} b WHERE b.name = ANY(v_channels)))
          ORDER BY c.name FOR NO KEY UPDATE;
        END IF;`;

/** Step 5: sums the permits that are out, in a statement of its own after the locks. */
export const sumPermits = (
  t: Tables,
): string => `-- A new statement, so a new snapshot: the sum of what is out, with what this node came back with already taken off.
        SELECT array_agg(q.name), array_agg(q.room), array_agg(q.held), array_agg(q.inherit), array_agg(q.book), array_agg(q.sequential),
          coalesce(bool_or(q.fair), false), array_agg(false), array_agg(false), array_agg(0),
          least(v_wake, min(q.wake)), coalesce(bool_or(q.again IS NOT NULL), false), array_agg(q.again),
          coalesce(bool_or(q.throttled), false)
        INTO g_name, g_room, g_held, g_inherit, g_book, g_sequential, v_fair, g_starved, g_passed, g_booked, v_wake, v_rated, g_again, v_throttled
        FROM (
          SELECT c.name,
            CASE
              WHEN c.paused OR c.next_start > v_now THEN 0
              WHEN c.sequential AND EXISTS (
                SELECT 1 FROM ${t.job} s WHERE s.phase = ${Phase.failed} AND s.channel >= c.name AND s.channel < c.name || '/'
                AND (s.channel = c.name OR s.channel >= c.name || '.')
              ) THEN 0
              ELSE greatest(least(
                coalesce(c.capacity - o.out, ${UNLIMITED}), CASE WHEN c.throttle IS NULL THEN ${UNLIMITED} ELSE 1 END, ${RATE_ROOM}
              ), 0)
            END::integer AS room,
            o.held::integer AS held,
            -- What was lowered below what is out gets permits back: no prefetched job may wait for one that becomes free.
            ${INHERIT} AND NOT coalesce(o.out > c.capacity, false) AS inherit, ${BOOK} AS book,
            c.sequential, c.fair, c.throttle IS NOT NULL AS throttled,
            CASE WHEN c.next_start > v_now THEN extract(epoch FROM c.next_start - v_now) * 1000 END AS wake,
            CASE WHEN c.rate_limit IS NOT NULL THEN w.seconds * 1000 END AS again
          FROM ${t.channel} c
          CROSS JOIN ${taken(t)}
          CROSS JOIN LATERAL (
            SELECT coalesce(sum(p.count), 0) AS out, coalesce(sum(p.count) FILTER (WHERE p.node = p_node), 0) AS held
            FROM ${t.permit} p WHERE p.channel = c.name
          ) o
          WHERE c.name = ANY(ARRAY(SELECT DISTINCT unnest(b.limiting_channels) FROM ${t.channel} b WHERE b.name = ANY(v_channels)))
        ) q;
        g_name := coalesce(g_name, '{}');
        IF v_fair THEN v_prefetch_left := least(v_prefetch_left, ${TURNS_AHEAD}); END IF;`;

/** Goes through the candidates in order: which start, and which are prefetched. */
export const PICK = `LOOP
          FETCH v_cursor INTO r;
          -- (The first job of a channel that was left out: from here on the order isn't known.)
          EXIT WHEN NOT FOUND OR (r.row IS NULL AND r.cut);
          v_blocked := v_slots <= 0 OR NOT r.known;
          v_may_prefetch := v_prefetch_left > 0 AND c_prefetch[r.at] > 0 AND r.known;
          v_held_up := false;
          IF r.path IS NOT NULL THEN
            FOREACH g IN ARRAY r.path LOOP
              IF g_room[g] <= 0 THEN
                v_blocked := true;
                g_starved[g] := true;
                v_held_up := v_held_up OR g_held[g] <= 0 OR NOT g_inherit[g];
              END IF;
              -- What is prefetched starts with permits that this node has, so it needs one at every limit, or gets one now.
              IF g_passed[g] OR (CASE WHEN g_held[g] > 0 THEN NOT g_inherit[g] ELSE g_room[g] <= 0 OR NOT g_book[g] END) THEN
                v_may_prefetch := false;
              END IF;
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
            v_ahead := array_append(v_ahead, r.seq);
            IF r.path IS NOT NULL THEN
              FOREACH g IN ARRAY r.path LOOP
                CONTINUE WHEN g_held[g] > 0;
                g_room[g] := g_room[g] - 1;
                g_held[g] := 1;
                g_booked[g] := 1;
              END LOOP;
            END IF;
          ELSE
            IF r.path IS NOT NULL THEN
              FOREACH g IN ARRAY r.path LOOP
                -- Passed by because a permit is missing, so nothing behind it may be prefetched for that same permit. (Where
                -- it could not start with what ends here either, the other permits are of no use to it.)
                IF g_room[g] <= 0 AND NOT (v_held_up AND g_held[g] > 0 AND g_inherit[g]) THEN g_passed[g] := true; END IF;
                -- Strictly in order: what can't start now stops those behind it.
                IF g_sequential[g] THEN
                  g_passed[g] := true;
                  IF v_slots > 0 THEN g_room[g] := 0; END IF;
                END IF;
              END LOOP;
            END IF;
            CONTINUE;
          END IF;
          IF r.cut OR (v_slots <= 0 AND v_prefetch_left <= 0) THEN
            v_more := true;
            EXIT;
          END IF;
        END LOOP;
        CLOSE v_cursor;`;

/**
 * Step 6: books the permits of what was picked and locked, and those that are kept for what is prefetched. How many jobs each
 * limiting channel gets is worked out once, with one look at the row of each channel, for permits, throttles and rates: a look
 * for each job and each of its limits read a third of the pages of a claim of fifty jobs from fifty channels.
 */
export const bookPermits = (t: Tables): string => `IF v_limited THEN
            SELECT coalesce(array_agg(q.limiting), '{}'), coalesce(array_agg(q.jobs), '{}') INTO b_names, b_jobs FROM (
              SELECT u.limiting, sum(p.jobs)::integer AS jobs FROM (
                SELECT j.channel, count(*) AS jobs FROM unnest(v_picks) k (row)
                CROSS JOIN LATERAL (SELECT q.channel FROM ${t.job} q WHERE q.ctid = k.row OFFSET 0) j
                GROUP BY j.channel
              ) p
              JOIN ${t.channel} c ON c.name = p.channel
              CROSS JOIN LATERAL unnest(c.limiting_channels) u (limiting)
              GROUP BY u.limiting
            ) q;
            INSERT INTO ${t.permit} AS p (channel, node, count)
            SELECT b.limiting, p_node, sum(b.count) FROM (
              SELECT n.name AS limiting, n.jobs AS count FROM unnest(b_names, b_jobs) n (name, jobs)
              UNION ALL
              SELECT q.name, q.booked FROM unnest(g_name, g_booked) q (name, booked) WHERE q.booked > 0
            ) b GROUP BY b.limiting ORDER BY b.limiting
            ON CONFLICT (channel, node) DO UPDATE SET count = p.count + excluded.count;
            IF v_throttled THEN
              UPDATE ${t.channel} c SET next_start = v_now + c.throttle * interval '1 second'
              WHERE c.throttle IS NOT NULL AND c.name = ANY(b_names);
            END IF;
            ${bookStarts(t)}
            IF v_fair THEN PERFORM ${t.name('queue_job_served_1')}(v_picks || v_prefetched); END IF;
          END IF;`;
