import type { Client } from 'pg';
import { v7 } from 'uuid';
import { insertJobs } from './recorder-jobs.js';

export const BATCH_EVENTS = ['done', 'success', 'failure', 'progress'] as const;

export type Fired = Record<(typeof BATCH_EVENTS)[number], number>;

/** Of a batch, with a callback for every event. Its callbacks are jobs that no test runs. */
export async function insertBatch(
  client: Client,
  { closed = false, progressStep = null as number | null, total = 0 } = {},
): Promise<string> {
  const uuid = v7();
  await client.query(
    `INSERT INTO queue_job_batch (uuid, name, date_closed, progress_step, total)
     VALUES ($1, 'a test', CASE WHEN $2 THEN clock_timestamp() END, $3, $4)`,
    [uuid, closed, progressStep, total],
  );
  await client.query(
    'INSERT INTO queue_job_batch_callback (batch_uuid, event, job) SELECT $1, * FROM unnest($2::text[], $3::json[])',
    [
      uuid,
      BATCH_EVENTS,
      BATCH_EVENTS.map((event) =>
        JSON.stringify({
          name: `Told.${event}`,
          channel: 'root',
          priority: 10,
          maxRetries: 5,
          args: '[]',
          description: `${event} of ${uuid}`,
          identityUntilDone: false,
        }),
      ),
    ],
  );
  return uuid;
}

/** Jobs that do nothing, ready to run, as members of a batch. */
export async function insertMembers(client: Client, batch: string, count: number): Promise<string[]> {
  const uuids = await insertJobs(
    client,
    Array.from({ length: count }, () => ({ method: 'noop' as const, args: [] })),
  );
  await client.query('UPDATE queue_job SET batch_uuid = $1 WHERE uuid = ANY($2)', [batch, uuids]);
  return uuids;
}

/** How many callback jobs there are, as the jobs themselves and as the batch has noted. */
export async function firedOf(client: Client, batch: string): Promise<Fired> {
  const { rows } = await client.query<{ event: keyof Fired; fired: number; stored: number }>(
    `SELECT c.event, c.fired, (
       SELECT count(*)::integer FROM queue_job j WHERE j.description = c.event || ' of ' || c.batch_uuid
     ) AS stored
     FROM queue_job_batch_callback c WHERE c.batch_uuid = $1`,
    [batch],
  );
  for (const { fired, stored } of rows) expect(stored).toBe(fired);
  return Object.fromEntries(rows.map(({ event, fired }) => [event, fired])) as Fired;
}
