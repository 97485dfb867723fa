import type { Tables } from '../../../connection/tables.js';

/** `fingerprintOf('JobFoundDeadError', '')`, as it was when this version was released. */
const JOB_FOUND_DEAD_FINGERPRINT = 'a365bd891a6048f7';

/** Until the next attempt of a job that several nodes have died with, in seconds. */
const PAUSE = { first: 5, longest: 300 };

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
