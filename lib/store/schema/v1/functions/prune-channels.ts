import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/**
 * `queue_job_prune_channels(after, limit, seconds)`: looks at channels that were made on use, in the order of their names
 * and so many at a time, and removes those that have been empty for so long, with what is remembered of them. Returns
 * the last name that it looked at; null at the end.
 *
 * One that gets a job at this moment loses its row, too: the claim that finds the job has the row made again.
 */
export const pruneChannels = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_prune_channels_1')}(p_after text, p_limit integer, p_seconds float8)
RETURNS text LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
DECLARE
  v_names text[] := ARRAY(
    SELECT c.name FROM ${t.channel} c WHERE c.name > p_after AND ${isMadeOnUse} ORDER BY c.name LIMIT p_limit
  );
  v_gone text[];
BEGIN
  UPDATE ${t.channel} c SET date_empty = CASE WHEN e.empty THEN clock_timestamp() END
  FROM (SELECT n.name, ${isEmpty(t, 'n.name')} AS empty FROM unnest(v_names) n (name)) e
  WHERE c.name = e.name AND e.empty <> (c.date_empty IS NOT NULL);
  v_gone := ARRAY(
    SELECT c.name FROM ${t.channel} c
    WHERE c.name = ANY(v_names) AND c.date_empty <= clock_timestamp() - p_seconds * interval '1 second' AND ${hasNoChild(t)}
  );
  IF cardinality(v_gone) > 0 THEN
    -- No claim is under way from here on, so no permit of these is taken.
    PERFORM pg_advisory_xact_lock(${t.lockClass}, 0);
    v_gone := ARRAY(
      SELECT c.name FROM ${t.channel} c WHERE c.name = ANY(v_gone) AND ${isMadeOnUse} AND ${isEmpty(t, 'c.name')} AND ${hasNoChild(t)}
    );
    DELETE FROM ${t.permit} p WHERE p.channel = ANY(v_gone);
    DELETE FROM ${t.start} s WHERE s.channel = ANY(v_gone);
    DELETE FROM ${t.channel} c WHERE c.name = ANY(v_gone);
  END IF;
  RETURN v_names[cardinality(v_names)];
END $$`;

/** Nobody has said anything of a channel `c`, but for its wildcard. */
const isMadeOnUse = `c.configured IS NULL AND c.changed IS NULL AND c.held_until IS NULL AND c.name <> 'root' AND right(c.name, 2) <> '.*'`;

const isEmpty = (t: Tables, name: string): string => {
  const none = (where: string): string =>
    `NOT EXISTS (SELECT 1 FROM ${t.job} j WHERE ${where} AND j.channel = ${name})`;
  const phases = [Phase.parents, Phase.eta, Phase.running, Phase.failed];
  return [
    none(`j.phase = ${Phase.ready}`),
    ...phases.map((phase) => none(`j.phase = ${phase} AND j.phase <> ${Phase.ready}`)),
  ].join(' AND ');
};

const hasNoChild = (t: Tables): string =>
  `NOT EXISTS (SELECT 1 FROM ${t.channel} b WHERE b.name > c.name || '.' AND b.name < c.name || '/')`;
