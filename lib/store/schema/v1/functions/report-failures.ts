import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { UUID_V7 } from './batch-fire.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_report_failures(node, jobs)`: stores the `onFailed` jobs of jobs that have just become `failed`, in the
 * transaction that failed them. Which job function is called is what the node registered that had the job; if that node is
 * gone or did not know the job, what the newest node registered that does. The job of a failure has none of its own.
 *
 * It has the channel, priority, user, context and trace of the failed job. A context that is encrypted opens in that job alone and
 * is left out. A sequential channel is stopped by the failure itself, so its report goes to the channel above. Returns the
 * number of jobs that were stored.
 */
export const reportFailures = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_report_failures_1')}(p_node integer, p_jobs uuid[])
RETURNS integer LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_names text[];
  v_handlers json;
  v_count integer;
BEGIN
  SELECT n.names, n.on_failed INTO v_names, v_handlers FROM ${t.node} n WHERE n.id = p_node;
  INSERT INTO ${t.job} (uuid, name, channel, priority, max_retries, args, description, user_id, context, trace, failure_of, tags, phase)
  SELECT ${UUID_V7}, h.handler ->> 'name', coalesce((
      SELECT CASE WHEN c.name LIKE '%.%' THEN regexp_replace(c.name, '[.][^.]*$', '') ELSE c.name END
      FROM generate_series(1, cardinality(h.path)) depth
      JOIN ${t.channel} c ON c.name = array_to_string(h.path[1:depth], '.') AND c.sequential
      ORDER BY depth LIMIT 1
    ), h.channel), h.priority, (h.handler ->> 'maxRetries')::integer,
    json_build_array(json_build_object(
      'uuid', h.uuid, 'name', h.name, 'description', h.description, 'attempts', h.retry,
      'error', json_build_object('name', coalesce(h.exc_name, 'Error'), 'message', coalesce(h.exc_message, ''),
        'stack', coalesce(h.exc_info, concat_ws(': ', coalesce(h.exc_name, 'Error'), h.exc_message)))
    )),
    h.handler ->> 'description', h.user_id, CASE WHEN h.context ->> '$type' = 'Encrypted' THEN NULL ELSE h.context END,
    h.trace, h.uuid, CASE WHEN json_typeof(h.handler -> 'tags') = 'array' THEN (h.handler -> 'tags')::jsonb END, ${Phase.ready}
  FROM (
    SELECT j.*, string_to_array(j.channel, '.') AS path, CASE WHEN j.name = ANY(v_names) THEN v_handlers -> j.name ELSE (
        SELECT n.on_failed -> j.name FROM ${t.node} n WHERE j.name = ANY(n.names) ORDER BY n.alive DESC, n.id DESC LIMIT 1
      ) END AS handler
    FROM ${t.job} j WHERE j.uuid = ANY(p_jobs) AND j.failure_of IS NULL
  ) h
  WHERE h.handler IS NOT NULL;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$`;
