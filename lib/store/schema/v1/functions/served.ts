import type { Tables } from '../../../connection/tables.js';
import { childOf } from './child-of.js';

/** `queue_job_served(picks)` notes whose turn it was; the rows of the fair channels are locked by the claim. */
export const served = (t: Tables): string => `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_served_1')}(p_picks tid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE ${t.channel} c SET served = s.at
  FROM (
    SELECT ${childOf('j.channel', 'f.name')} AS child,
      max((extract(epoch FROM clock_timestamp()) * 1000000)::bigint + k.at) AS at
    FROM unnest(p_picks) WITH ORDINALITY k (row, at)
    CROSS JOIN LATERAL (SELECT q.channel FROM ${t.job} q WHERE q.ctid = k.row OFFSET 0) j
    JOIN ${t.channel} b ON b.name = j.channel
    JOIN ${t.channel} f ON f.name = ANY(b.limiting_channels) AND f.fair
    GROUP BY 1
  ) s
  WHERE c.name = s.child
$$`;
