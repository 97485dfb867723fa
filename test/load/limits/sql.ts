import { QueueService } from 'nestjs-queue-job';
import { Client } from 'pg';
import { percentile } from '../bounds.js';
import { openApplication } from './application.js';

const CLIENTS = 16;
const SECONDS = 3;
const SINGLE_JOBS = 20;

type Print = (line: string) => void;

/** Jobs stored by `queue_job_enqueue()`, with notifications and without. */
export async function measureSql(url: string, print: Print): Promise<void> {
  const app = await openApplication(url, {});
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  try {
    for (const notify of [false, true]) {
      print(
        `${await rate(clients, bare(notify))} transactions/s of ${CLIENTS} clients, an INSERT and ${notify ? 'a' : 'no'} notification each`,
      );
      print(
        `${await rate(clients, enqueue(notify))} jobs/s of ${CLIENTS} clients by SQL, with notify: ${notify}`,
      );
      await clients[0]?.query('TRUNCATE queue_job, queue_job_claim');
      const times = await pickups(app.get(QueueService), clients[0] as Client, notify);
      print(
        `From the store to the claim by an idle node, notify: ${notify}: p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms`,
      );
    }
  } finally {
    await Promise.all(clients.map(async (client) => client.end()));
    await app.close();
  }
}

/** In a channel in which no node runs anything. */
const enqueue = (notify: boolean): string =>
  `SELECT queue_job_enqueue('Nobody.knows', '[1]', '{"notify": ${notify}}')`;
const bare = (notify: boolean): string =>
  `WITH i AS (INSERT INTO queue_job (uuid, name, description) VALUES (gen_random_uuid(), 'Nobody.knows', 'x'))
   SELECT ${notify ? "pg_notify('load', 'x')" : '1'}`;

async function rate(clients: readonly Client[], text: string): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  const counts = await Promise.all(
    clients.map(async (client) => {
      let count = 0;
      for (; performance.now() < until; count += 1) await client.query(text);
      return count;
    }),
  );
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / SECONDS);
}

async function pickups(queue: QueueService, client: Client, notify: boolean): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < SINGLE_JOBS; at += 1) {
    const { rows } = await client.query<{ uuid: string }>(
      `SELECT queue_job_enqueue('LimitedJobs.plain', '[1]', '{"notify": ${notify}}') AS uuid`,
    );
    const uuid = rows[0]?.uuid ?? '';
    await queue.finished(uuid);
    const job = await queue.find(uuid);
    times.push((job?.dateEnqueued?.getTime() ?? 0) - (job?.dateCreated.getTime() ?? 0));
  }
  return times;
}
