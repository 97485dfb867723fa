import type { Client } from 'pg';

/**
 * Jobs that say they are at a node, while no claim of a living node has them: nothing would ever end them. There are none at
 * any moment, whatever has died (a node that died a moment ago still counts as living, until others have given its jobs
 * back). Empty if the database has no tables of the queue in `public`.
 */
export async function orphansOf(client: Client): Promise<unknown[]> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('public.queue_job_claim') IS NOT NULL AS found`,
  );
  if (tables[0]?.found !== true) return [];
  const { rows } = await client.query(
    `SELECT j.uuid, j.name, j.state, j.retry, j.node FROM public.queue_job j
     WHERE j.node IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM public.queue_job_claim c JOIN public.queue_job_node n ON n.id = c.node AND n.alive
       WHERE c.node = j.node AND j.uuid = ANY(c.jobs)
     ) LIMIT 10`,
  );
  return rows;
}
