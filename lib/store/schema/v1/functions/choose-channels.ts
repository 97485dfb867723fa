import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { UNLIMITED } from './candidates.js';
import { BOOK, INHERIT } from './prefetch.js';
import { LEAST as LEAST_PRIORITY } from './low-water.js';
import { RATE_ROOM, taken } from './rates.js';

/**
 * Which of the channels with ready jobs a claim looks into: `v_channels`, in the order of their first entries. No more than
 * can fill the answer: of 500 channels, the first fifty are enough for fifty slots, whatever the others hold. What was left
 * out begins at place `v_rest` of the heads, so the claim stops there.
 *
 * A channel all of whose jobs nodes hold is looked into, too, if it is limited: what is given back while this claim waits
 * for a lock comes before what it has seen. From a channel without limit it reads on from the first job that it saw
 * (`v_priorities`, `v_seqs`), so that what others hold before that isn't read twice.
 *
 * A channel that is full, by a look without a lock, isn't worth one: who gives room there claims in that same transaction,
 * and the channel that is full is told as starved. Everything else that could hold a chosen channel up for longer than a
 * moment counts as full, too, or such channels would take the places of others at each claim.
 */
export const chooseChannels = (t: Tables): string => `
      FOR r IN
        SELECT h.*, c.limiting_channels
        FROM unnest(v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs)
          WITH ORDINALITY h (channel, priority, seq, free_priority, free_seq, at)
        LEFT JOIN LATERAL (SELECT q.limiting_channels FROM ${t.channel} q WHERE q.name = h.channel LIMIT 1) c ON true
      LOOP
        -- A channel that has no row yet may still stand below one with a limit: its node makes the row, and asks again.
        IF r.limiting_channels IS NULL THEN
          v_missing := array_append(v_missing, r.channel);
          v_more := true;
          CONTINUE;
        END IF;
        -- What fills a slot is a job that may be taken before the first entry of a channel that was left out. (They are
        -- counted only where that can decide: a query for each of 500 channels took 6 ms.)
        IF v_wanted <= cardinality(w_seqs) THEN
          IF v_wanted <= (
            SELECT count(*) FROM unnest(w_priorities, w_seqs) w (priority, seq)
            WHERE CASE WHEN v_fair THEN w.priority < r.priority ELSE (w.priority, w.seq) < (r.priority, r.seq) END
          ) THEN
            v_rest := r.at;
            EXIT;
          END IF;
        END IF;
        IF r.free_seq IS NULL THEN v_skipped := array_append(v_skipped, r.channel); END IF;
        CONTINUE WHEN r.free_seq IS NULL AND cardinality(r.limiting_channels) = 0;
        v_open := true;
        v_room := true;
        v_may_prefetch := coalesce((v_prefetch ->> r.channel)::integer, v_prefetch_others) > 0;
        FOREACH v_name IN ARRAY r.limiting_channels LOOP
          g := (l_at ->> v_name)::integer;
          IF g IS NULL THEN${look(t)}
            g := (l_at ->> v_name)::integer;
          END IF;
          IF l_wake[g] IS NOT NULL THEN v_wake := least(v_wake, l_wake[g]); END IF;
          v_open := v_open AND (l_room[g] > 0 OR (l_held[g] AND l_inherit[g] AND v_prefetch_left > 0))
            AND (l_blocker_priority[g] IS NULL OR (l_blocker_priority[g], l_blocker_seq[g]) > (r.priority, r.seq));
          v_room := v_room AND l_room[g] > 0;
          -- What is prefetched starts with permits that this node has, so it needs one at every limit, or gets one now.
          v_may_prefetch := v_may_prefetch AND (CASE WHEN l_held[g] THEN l_inherit[g] ELSE l_room[g] > 0 AND l_book[g] END);
          IF l_first_room[g] <= 0 AND v_name <> ALL(v_full) THEN v_full := array_append(v_full, v_name); END IF;
          EXIT WHEN NOT v_open;
        END LOOP;
        IF NOT v_open THEN
          v_skipped := array_append(v_skipped, r.channel);
          FOREACH v_name IN ARRAY r.limiting_channels LOOP
            g := (l_at ->> v_name)::integer;
            -- What can't start under a channel that goes strictly in order stops those behind it there, be it before what
            -- stops them anyway.
            IF l_sequential[g] AND (l_blocker_priority[g] IS NULL OR (l_blocker_priority[g], l_blocker_seq[g]) > (r.priority, r.seq)) THEN
              l_blocker_priority[g] := r.priority;
              l_blocker_seq[g] := r.seq;
            END IF;
          END LOOP;
          CONTINUE;
        END IF;
        v_channels := array_append(v_channels, r.channel);
        v_priorities := array_append(v_priorities, CASE WHEN cardinality(r.limiting_channels) = 0 THEN r.free_priority ELSE ${LEAST_PRIORITY} END);
        v_seqs := array_append(v_seqs, CASE WHEN cardinality(r.limiting_channels) = 0 THEN r.free_seq ELSE 0 END);
        CONTINUE WHEN r.free_seq IS NULL;
        -- (One that can only stop the prefetching of those behind it fills nothing.)
        IF NOT (v_room OR v_may_prefetch) THEN
          NULL;
        ELSIF r.free_seq = r.seq THEN
          v_wanted := v_wanted - 1;
        ELSE
          w_priorities := array_append(w_priorities, r.free_priority);
          w_seqs := array_append(w_seqs, r.free_seq);
        END IF;
        FOREACH v_name IN ARRAY r.limiting_channels LOOP
          g := (l_at ->> v_name)::integer;
          IF v_room THEN
            -- (Others that are seen later may come before its first free job, if that isn't its first entry.)
            IF r.free_seq = r.seq THEN l_room[g] := l_room[g] - 1; END IF;
            l_held[g] := true;
          ELSIF v_may_prefetch THEN
            IF NOT l_held[g] THEN
              IF r.free_seq = r.seq THEN l_room[g] := l_room[g] - 1; END IF;
              l_held[g] := true;
            END IF;
          ELSIF l_room[g] <= 0 THEN
            -- Passed by for want of a permit: nothing behind it may be prefetched for that same permit.
            l_held[g] := false;
          END IF;
        END LOOP;
      END LOOP;`;

/** So many channels are looked at together, at least. */
const LOOKED_AT = 10;

/**
 * What limits the channels from the place `r.at` on, as many as may be chosen, seen without a lock, at the end of the arrays
 * `l_…`: one statement for all of them, since one for each of 300 took 7 ms. `l_at` has their places.
 */
const look = (t: Tables): string => `
            SELECT array_agg(q.name) AS name, array_agg(q.room) AS room, array_agg(q.held) AS held,
              array_agg(q.sequential) AS sequential, array_agg(q.inherit) AS inherit, array_agg(q.book) AS book, array_agg(q.wake) AS wake,
              array_agg(b.priority) AS blocker_priority, array_agg(b.seq) AS blocker_seq
            INTO l FROM (
              SELECT c.name, c.sequential, ${INHERIT} AS inherit, ${BOOK} AS book,
                CASE WHEN c.paused OR c.next_start > v_now THEN 0 ELSE least(
                  c.capacity - coalesce((SELECT sum(p.count) FROM ${t.permit} p WHERE p.channel = c.name), 0),
                  CASE WHEN c.throttle IS NULL THEN ${UNLIMITED} ELSE 1 END, ${RATE_ROOM}
                ) END::integer AS room,
                EXISTS (SELECT 1 FROM ${t.permit} p WHERE p.channel = c.name AND p.node = p_node AND p.count > 0) AS held,
                CASE
                  WHEN c.next_start > v_now THEN extract(epoch FROM c.next_start - v_now) * 1000
                  WHEN ${RATE_ROOM} <= 0 THEN w.seconds * 1000
                END AS wake
              FROM ${t.channel} c CROSS JOIN ${taken(t)} WHERE c.name = ANY(ARRAY(
                SELECT DISTINCT u.name
                FROM unnest(v_heads.channels[r.at::integer:r.at::integer + greatest(v_wanted, ${LOOKED_AT})]) h (channel)
                JOIN ${t.channel} b ON b.name = h.channel CROSS JOIN LATERAL unnest(b.limiting_channels) u (name)
                WHERE NOT l_at ? u.name
              ))
            ) q LEFT JOIN LATERAL (${firstBlocker(t)}
            ) b ON true;
            l_at := l_at || coalesce((
              SELECT jsonb_object_agg(u.name, cardinality(l_room) + u.at) FROM unnest(l.name) WITH ORDINALITY u (name, at)), '{}');
            l_room := l_room || l.room;
            l_held := l_held || l.held;
            l_first_room := l_first_room || l.room;
            l_first_held := l_first_held || l.held;
            l_sequential := l_sequential || l.sequential;
            l_inherit := l_inherit || l.inherit;
            l_book := l_book || l.book;
            l_wake := l_wake || l.wake;
            l_blocker_priority := l_blocker_priority || l.blocker_priority;
            l_blocker_seq := l_blocker_seq || l.blocker_seq;`;

/**
 * Under a channel `q` that goes strictly in order, the first job that stops those behind it and can't start: one that has
 * failed stops them all, one that waits for its eta, or that this node doesn't know or serve, those that come later.
 */
const firstBlocker = (t: Tables): string => {
  const below = `j.channel >= q.name AND j.channel < q.name || '/' AND (j.channel = q.name OR j.channel >= q.name || '.')`;
  return `
              SELECT o.priority, o.seq FROM (
                SELECT ${LEAST_PRIORITY} AS priority, 0::bigint AS seq
                WHERE q.sequential AND q.room > 0 AND EXISTS (SELECT 1 FROM ${t.job} j WHERE j.phase = ${Phase.failed} AND ${below})
                UNION ALL
                (
                  SELECT j.priority, j.seq FROM ${t.job} j
                  WHERE q.sequential AND q.room > 0 AND j.phase = ${Phase.eta} AND ${below} ORDER BY j.priority, j.seq LIMIT 1
                )
                UNION ALL
                SELECT u.priority, u.seq
                FROM unnest(v_heads.strange_channels, v_heads.strange_priorities, v_heads.strange_seqs) u (channel, priority, seq)
                WHERE q.sequential AND q.room > 0 AND (u.channel = q.name OR starts_with(u.channel, q.name || '.'))
              ) o ORDER BY o.priority, o.seq LIMIT 1`;
};

/**
 * Puts the channels into the order in which the first entry of each may start. Where channels take turns, the first free job
 * of each counts: what a node holds has had its turn.
 */
export const inOrder = (t: Tables): string => `
      IF v_fair THEN
        v_heads.priorities := ARRAY(SELECT coalesce(h.free, h.first) FROM unnest(v_heads.free_priorities, v_heads.priorities) WITH ORDINALITY h (free, first, at) ORDER BY h.at);
        v_heads.seqs := ARRAY(SELECT coalesce(h.free, h.first) FROM unnest(v_heads.free_seqs, v_heads.seqs) WITH ORDINALITY h (free, first, at) ORDER BY h.at);
      END IF;
      SELECT array_agg(o.channel), array_agg(o.priority), array_agg(o.seq), array_agg(o.free_priority), array_agg(o.free_seq)
      INTO v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs
      FROM (SELECT h.* FROM unnest(v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs,
        CASE WHEN v_fair THEN ${t.name('queue_job_turns_1')}(v_heads.seqs, v_heads.priorities, v_heads.channels) ELSE v_heads.seqs END
      ) h (channel, priority, seq, free_priority, free_seq, turn) ORDER BY h.priority, h.turn) o;`;

/** Leaves out the channels from which nothing can start, and begins again with the rest. */
export const chooseAgain = `
      SELECT array_agg(h.channel ORDER BY h.at), array_agg(h.priority ORDER BY h.at), array_agg(h.seq ORDER BY h.at),
        array_agg(h.free_priority ORDER BY h.at), array_agg(h.free_seq ORDER BY h.at)
      INTO v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs
      FROM unnest(v_heads.channels, v_heads.priorities, v_heads.seqs, v_heads.free_priorities, v_heads.free_seqs)
        WITH ORDINALITY h (channel, priority, seq, free_priority, free_seq, at)
      WHERE h.channel <> ALL(v_skipped);
      v_channels := '{}'; v_priorities := '{}'; v_seqs := '{}'; w_priorities := '{}'; w_seqs := '{}';
      l_room := l_first_room; l_held := l_first_held;
      v_skipped := '{}'; v_rest := NULL;`;
