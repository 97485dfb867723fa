import type { Tables } from '../../../connection/tables.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { Phase } from '../phase.js';

/** Jobs that a sample counts in all, and in one channel at most. */
const BUDGET = 50_000;
const IN_ONE_CHANNEL = 10_000;
const CHANNELS = 1_000;

/** How long rows of a width are kept: a little longer than the range that is drawn of them. */
const KEPT = `CASE w.width WHEN 60 THEN interval '2 hours' WHEN 900 THEN interval '2 days' ELSE interval '8 days' END`;

/**
 * `queue_job_sample()`: notes, once a minute for the whole cluster, how many jobs are ready and not taken, in each channel
 * and in all. Whoever makes the row of this minute does it; the others answer false.
 *
 * It looks at no more than a bounded number of rows, whatever waits: from 10,000 on the number of a channel is "at least
 * so many", and that of all of them what the statistics of the index say. Rows that no chart needs any more go.
 */
export const sample = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_sample_1')}() RETURNS boolean LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_channels text[];
  v_cap integer;
  v_depths integer[];
  v_all bigint;
BEGIN
  INSERT INTO ${t.rollup} (width, bucket, channel, name)
  VALUES (60, date_bin('1 minute', v_now, to_timestamp(0)), '', '') ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;

  WITH RECURSIVE found AS (
    (SELECT j.channel, 1 AS place FROM ${t.job} j WHERE j.phase = ${Phase.ready} ORDER BY j.channel LIMIT 1)
    UNION ALL
    SELECT (SELECT j.channel FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.channel > f.channel ORDER BY j.channel LIMIT 1), f.place + 1
    FROM found f WHERE f.channel IS NOT NULL AND f.place < ${CHANNELS}
  )
  SELECT coalesce(array_agg(f.channel), '{}') INTO v_channels FROM found f WHERE f.channel IS NOT NULL;
  v_cap := least(${IN_ONE_CHANNEL}, ${BUDGET} / greatest(cardinality(v_channels), 1));
  v_depths := ARRAY(
    SELECT (SELECT count(*) FROM (
      SELECT FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.channel = f.channel AND j.node IS NULL LIMIT v_cap
    ) counted)
    FROM unnest(v_channels) WITH ORDINALITY f (channel, at) ORDER BY f.at
  );
  v_all := (SELECT coalesce(sum(d), 0) FROM unnest(v_depths) d);
  IF v_cap = ANY(v_depths) OR cardinality(v_channels) = ${CHANNELS} THEN
    v_all := greatest(v_all, (SELECT i.reltuples FROM pg_class i WHERE i.oid = ${t.literal('queue_job_ready')}::regclass)::bigint);
  END IF;

  -- A channel that is empty by now had jobs before: its row of the quarter and of the hour has to say so.
  INSERT INTO ${t.rollup} AS r (width, bucket, channel, name, depth)
  SELECT w.width, date_bin(w.width * interval '1 second', v_now, to_timestamp(0)), d.channel COLLATE "C", '', least(d.depth, 2000000000)
  FROM (
    SELECT u.channel, u.depth::bigint FROM unnest(v_channels, v_depths) u (channel, depth)
    UNION ALL SELECT '', v_all
    UNION ALL SELECT b.channel, 0 FROM ${t.rollup} b
    WHERE b.width = 3600 AND b.bucket = date_bin('1 hour', v_now, to_timestamp(0)) AND b.name = '' AND b.depth > 0
      AND b.channel <> '' AND b.channel <> ALL(v_channels)
  ) d (channel, depth), (VALUES (60), (900), (3600)) w (width)
  ORDER BY 1, 2, 3
  ON CONFLICT (width, bucket, channel, name) DO UPDATE SET depth = excluded.depth;

  DELETE FROM ${t.rollup} r USING (VALUES (60), (900), (3600)) w (width)
  WHERE r.width = w.width AND r.bucket < v_now - ${KEPT};
  RETURN true;
END $$`;
