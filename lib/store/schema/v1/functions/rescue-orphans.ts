import type { Tables } from '../../../connection/tables.js';

/** How often some node looks for orphans, in seconds. */
export const ORPHANS_EVERY_S = 10;

/** The pages that one look for orphans reads at most: 128 MiB. */
const ORPHAN_PAGES = 16_384;

/** Whether row `j` is at a node that nobody will ever end it for: no living node has it in one of its claims. */
const isOrphan = (t: Tables): string => `j.node IS NOT NULL AND (j.node, j.uuid) NOT IN (
      SELECT c.node, u.uuid FROM ${t.claim} c JOIN ${t.node} n ON n.id = c.node AND n.alive CROSS JOIN LATERAL unnest(c.jobs) u (uuid)
    )`;

/**
 * `queue_job_rescue_orphans()`: gives back jobs that say they are at a node, while no claim of a living node has them. That
 * must not happen, and whatever makes it happen (a bug, a row that was changed by hand, a restored dump), the job would wait
 * forever, invisible to rescue, requeue and cancel. A claim writes its row and those of its jobs in one transaction, and is
 * deleted after the last of them has ended, so any snapshot shows both or neither.
 *
 * It reads the table, since no index can tell: one that held the node would be written by each claim. Of a large table each
 * look reads one part of ${ORPHAN_PAGES} pages, by the clock, so that nodes that take turns go on where the last has ended.
 * Returns the jobs by node; permits of nodes that are gone go as well.
 */
export const rescueOrphans = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_rescue_orphans_1')}() RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_pages bigint := pg_relation_size('${t.job.replaceAll("'", "''")}'::regclass) / current_setting('block_size')::integer;
  v_parts bigint := greatest(1, ceil(v_pages / ${ORPHAN_PAGES}.0));
  v_from bigint := (extract(epoch FROM clock_timestamp()) / ${ORPHANS_EVERY_S})::bigint % v_parts * ${ORPHAN_PAGES};
  v_found uuid[];
  v_rescued json := '[]';
  r record;
BEGIN
  v_found := ARRAY(
    SELECT j.uuid FROM ${t.job} j
    WHERE j.ctid >= format('(%s,0)', v_from)::tid AND j.ctid < format('(%s,0)', v_from + ${ORPHAN_PAGES})::tid AND ${isOrphan(t)}
  );
  IF cardinality(v_found) = 0 THEN RETURN v_rescued; END IF;
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  PERFORM 1 FROM ${t.job} j WHERE j.uuid = ANY(v_found) ORDER BY j.uuid FOR UPDATE SKIP LOCKED;
  -- In a new statement: who has changed one meanwhile has the last word, and a row that is locked waits for the next look.
  FOR r IN
    SELECT j.node, array_agg(j.uuid) AS jobs FROM (
      SELECT * FROM ${t.job} l WHERE l.uuid = ANY(v_found) ORDER BY l.uuid FOR UPDATE SKIP LOCKED
    ) j WHERE ${isOrphan(t)} GROUP BY j.node ORDER BY j.node
  LOOP
    v_rescued := v_rescued::jsonb || jsonb_build_object('node', r.node, 'attempts', ${t.name('queue_job_give_back_1')}(r.node, r.jobs));
    DELETE FROM ${t.permit} p WHERE p.node = r.node AND NOT EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = r.node AND n.alive);
  END LOOP;
  RETURN v_rescued;
END $$`;
