import { Client } from 'pg';
import { v7 } from 'uuid';

/** A job of the cluster nodes' `Recorder`, as it is inserted by hand. */
export interface RecorderJob {
  readonly method:
    'work' | 'flaky' | 'block' | 'effect' | 'untilAborted' | 'noop' | 'note' | 'poison' | 'mail' | 'doomed';
  readonly args: readonly unknown[];
  readonly channel?: string;
  readonly priority?: number;
  readonly maxRetries?: number;
  /** Seconds from now. */
  readonly eta?: number;
}

/** A connection for looking into the database, past the library. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A server that is killed on purpose is no reason to end the tests.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Inserts jobs in order; answers with their uuids. */
export async function insertJobs(client: Client, jobs: readonly RecorderJob[]): Promise<string[]> {
  const uuids = jobs.map(() => v7());
  await client.query(
    `INSERT INTO queue_job (uuid, name, description, channel, args, priority, max_retries, eta, phase)
     SELECT j.uuid, j.name, j.name, j.channel, j.args, j.priority, j.max_retries,
       clock_timestamp() + j.eta * interval '1 second', CASE WHEN j.eta > 0 THEN 1 ELSE 2 END
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::int[], $6::int[], $7::float8[])
       j (uuid, name, channel, args, priority, max_retries, eta)`,
    [
      uuids,
      jobs.map(({ method }) => `Recorder.${method}`),
      jobs.map(({ channel }) => channel ?? 'root'),
      jobs.map(({ args }) => JSON.stringify(args)),
      jobs.map(({ priority }) => priority ?? 10),
      jobs.map(({ maxRetries }) => maxRetries ?? 5),
      jobs.map(({ eta }) => eta ?? null),
    ],
  );
  await client.query(`SELECT pg_notify('public.queue_job', 'test {"ready":true}')`);
  return uuids;
}

export async function countOf(client: Client, sql: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await client.query<{ count: string }>(sql, [...values]);
  return Number(rows[0]?.count);
}

/** Nothing lives, and nothing is held. */
export async function expectAllDone(client: Client, jobs: number): Promise<void> {
  const left = await client.query(
    'SELECT name, channel, state, node, retry, exc_message FROM queue_job LIMIT 5',
  );
  expect(left.rows).toEqual([]);
  expect(await countOf(client, `SELECT count(*) FROM queue_job_history WHERE state = 'done'`)).toBe(jobs);
  expect((await client.query('SELECT * FROM queue_job_permit WHERE count <> 0')).rows).toEqual([]);
  expect((await client.query('SELECT node, id FROM queue_job_claim')).rows).toEqual([]);
}
