import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** Rows that a look at what waits reads in all. */
const LIVE = 50_000;

/**
 * `queue_job_breakdown()`: how many jobs wait, run and have failed, by channel and name. It reads a bounded number of
 * those that wait, so where more do the numbers are "at least".
 */
export const breakdown = (t: Tables): string => {
  const some = (kind: string, where: string): string =>
    `(SELECT j.channel, j.name, '${kind}' AS kind FROM ${t.job} j WHERE ${where} LIMIT ${LIVE})`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_breakdown_1')}()
RETURNS TABLE (channel text, name text, waiting bigint, running bigint, failed bigint) LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT x.channel COLLATE "C", x.name, count(*) FILTER (WHERE x.kind = 'waiting'),
    count(*) FILTER (WHERE x.kind = 'running'), count(*) FILTER (WHERE x.kind = 'failed')
  FROM (
    ${some('waiting', `j.phase = ${Phase.parents}`)} UNION ALL ${some('waiting', `j.phase = ${Phase.eta}`)}
    UNION ALL ${some('waiting', `j.phase = ${Phase.ready} AND j.node IS NULL`)} UNION ALL ${some('failed', `j.phase = ${Phase.failed}`)}
    UNION ALL (
      SELECT j.channel, j.name, 'running' FROM ${t.claim} c CROSS JOIN LATERAL unnest(c.jobs) u (uuid)
      JOIN ${t.job} j ON j.uuid = u.uuid AND j.node = c.node LIMIT ${LIVE}
    )
  ) x GROUP BY 1, 2;
END $$`;
};
