import type { Tables } from '../../../connection/tables.js';

/** `fingerprintOf('JobFoundDeadError', '')`, as it was when this version was released. */
const JOB_FOUND_DEAD_FINGERPRINT = 'a365bd891a6048f7';

/** Until the next attempt of a job that several nodes have died with, in seconds. */
const PAUSE = { first: 5, longest: 300 };

/** How often some node looks for orphans, in seconds. */
export const ORPHANS_EVERY_S = 10;

/** The pages that one look for orphans reads at most: 128 MiB. */
const ORPHAN_PAGES = 16_384;

/**
 * `queue_job_give_back(node, jobs)`: ends the attempts of jobs that a node has and will not end itself, their rows locked by
 * the caller. What is started had begun, and its attempt counts. What is not and has its start written first (the last
 * attempt, and a job that a node has died with before) had not begun: it goes back as it came. Of anything else nobody
 * knows, since short jobs end before their start is worth a write: that once, the attempt is not counted. Returns how each
 * ended.
 */
export const giveBack = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_give_back_1')}(p_node integer, p_jobs uuid[]) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_ends json;
  v_attempts json;
  v_suspects uuid[];
  v_name text := coalesce((SELECT format('Node %s (%s)', n.id, n.name) FROM ${t.node} n WHERE n.id = p_node), format('Node %s', p_node));
BEGIN
  WITH given AS (
    SELECT j.*, CASE
      WHEN j.state = 'started' THEN 'begun'
      WHEN j.deaths > 0 OR j.max_retries > 0 AND j.retry >= j.max_retries THEN 'not begun'
      ELSE 'unknown' END AS method,
      j.max_retries > 0 AND j.retry >= j.max_retries AS last,
      coalesce(j.date_started, j.date_enqueued) AS since
    FROM ${t.job} j WHERE j.uuid = ANY(p_jobs)
  ), held AS (
    -- After repeated deaths a pause that doubles, so that a job which kills its process leaves the others time to end.
    SELECT h.*, CASE WHEN h.deaths > 0 THEN least(${PAUSE.first} * 2 ^ least(h.deaths - 1, 20), ${PAUSE.longest}) ELSE 0 END AS seconds,
      format(CASE WHEN h.method = 'unknown'
        THEN '%s died while it had the job. Whether its method had begun is not known, so attempt %s of %s is not counted'
        ELSE '%s died while it had the job, at attempt %s of %s' END,
      v_name, h.retry, CASE WHEN h.max_retries = 0 THEN 'any number' ELSE h.max_retries::text END) AS message
    FROM given h
  )
  SELECT json_agg(json_build_object(
    'uuid', h.uuid, 'retry', h.retry,
    'kind', CASE WHEN h.method = 'not begun' THEN 'back' WHEN h.method = 'begun' AND h.last THEN 'failed' ELSE 'retry' END,
    'seconds', h.seconds,
    'uncounted', h.method = 'unknown',
    'ended', 0, 'started', CASE WHEN h.method <> 'not begun' AND isfinite(h.since) THEN extract(epoch FROM v_now - h.since) * 1000 END,
    'name', 'JobFoundDeadError', 'fingerprint', '${JOB_FOUND_DEAD_FINGERPRINT}',
    'message', h.message
  )), json_agg(json_build_object(
    'uuid', h.uuid, 'channel', h.channel, 'name', h.name, 'description', h.description, 'tags', h.tags, 'retry', h.retry,
    'maxRetries', h.max_retries, 'message', h.message, 'seconds', h.seconds,
    'kind', CASE WHEN h.method = 'not begun' THEN 'back' WHEN h.cancel_by IS NOT NULL THEN 'cancelled'
      WHEN h.method = 'begun' AND h.last THEN 'failed' ELSE 'retried' END,
    'wait', CASE WHEN isfinite(h.since) AND isfinite(greatest(h.date_created, h.eta))
      THEN extract(epoch FROM h.since - greatest(h.date_created, h.eta)) ELSE 0 END,
    'run', CASE WHEN isfinite(h.since) THEN extract(epoch FROM v_now - h.since) ELSE 0 END
  )), array_agg(h.uuid) FILTER (WHERE h.method <> 'not begun')
  INTO v_ends, v_attempts, v_suspects
  FROM held h;
  IF v_ends IS NULL THEN RETURN '[]'::json; END IF;
  UPDATE ${t.job} j SET deaths = j.deaths + 1 WHERE j.uuid = ANY(v_suspects);
  PERFORM ${t.name('queue_job_end_attempts_1')}(p_node, v_ends);
  RETURN v_attempts;
END $$`;

/**
 * `queue_job_rescue(node, grace)`: gives back the jobs and the permits of a dead node, in one transaction. The lock on the
 * node's row waits for a claim or settle of that node that is under way, and refuses any later one; only then, in new
 * statements, is it read what the node had. A job whose row a transaction still holds (a transactional job that was cut
 * off in its commit) stays with the node for now, and the next second comes again. Returns the attempts that ended so,
 * or null if the node lives after all.
 */
export const rescue = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_rescue_1')}(p_node integer, p_grace float8)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_jobs uuid[];
  v_attempts json;
BEGIN
  PERFORM 1 FROM ${t.node} n WHERE n.id = p_node AND n.alive FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM ${t.node} n
  WHERE n.id = p_node
    AND n.suspect_since <= clock_timestamp() - p_grace * interval '1 second'
    AND CASE WHEN n.listens THEN pg_try_advisory_xact_lock(${t.lockClass}, n.id) ELSE n.lease_until < clock_timestamp() END;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);
  v_jobs := ARRAY(
    SELECT j.uuid FROM ${t.job} j
    WHERE j.uuid = ANY(ARRAY(SELECT h.uuid FROM ${t.name('queue_job_held_jobs_1')}(p_node) h)) AND j.node = p_node
    ORDER BY j.uuid FOR UPDATE SKIP LOCKED
  );
  v_attempts := ${t.name('queue_job_give_back_1')}(p_node, v_jobs);
  PERFORM ${t.name('queue_job_retire_1')}(p_node);
  RETURN v_attempts;
END $$`;

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
