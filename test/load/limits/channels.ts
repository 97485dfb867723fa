import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ChannelService, QueueService } from 'nestjs-queue-job';
import { Client } from 'pg';
import { percentile } from '../bounds.js';
import { LimitedJobs, openApplication } from './application.js';

const CHANNELS = 100_000;
const SLOTS = 50;
const NEW_TENANTS = 200;
const OPTION = 'root:1000, t:500, t.*:2:rate=1000/60';
const PAGE = 1_000;

type Print = (line: string) => void;

/** A hundred thousand channels below a wildcard: what a claim reads, a start, the first job of a new one, and lists. */
export async function measureChannels(url: string, print: Print): Promise<void> {
  const first = await openApplication(url, { runner: false, channels: OPTION });
  await firstJobs(first.get(QueueService), 'few', print);
  await first.close();
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const total of [1_000, CHANNELS]) {
    await client.query(
      `INSERT INTO queue_job_channel (name, capacity, rate_limit, rate_per, limiting_channels)
       SELECT 'root.t.t' || i, 2, 1000, 60, ARRAY['root', 'root.t', 'root.t.t' || i] FROM generate_series(1, $1) i
       ON CONFLICT (name) DO NOTHING`,
      [total],
    );
    await client.query('VACUUM (ANALYZE) queue_job_channel');
    for (const busy of [25, 50, 1_000]) {
      const pages = await pagesOfClaim(client, total, busy);
      print(`A claim of ${SLOTS} jobs of ${busy} channels with work, of ${total}: ${pages} pages`);
    }
  }
  await client.query('TRUNCATE queue_job');
  await client.end();

  const begun = performance.now();
  const node = await openApplication(url, { channels: OPTION });
  print(`Start beside ${CHANNELS} channels: ${Math.round(performance.now() - begun)} ms`);
  await node.close();
  const app = await openApplication(url, { runner: false, channels: OPTION });
  try {
    await firstJobs(app.get(QueueService), 'many', print);
    await lists(app.get(ChannelService), print);
  } finally {
    await app.close();
  }
}

/** The least of five, warm and undone. */
async function pagesOfClaim(client: Client, total: number, busy: number): Promise<number> {
  await client.query('TRUNCATE queue_job');
  await client.query(
    `INSERT INTO queue_job (uuid, name, channel, description)
     SELECT gen_random_uuid(), 'LimitedJobs.plain', 'root.t.t' || (1 + i % $1::int * ($2::int / $1::int)), 'x' FROM generate_series(1, 5000) i`,
    [busy, total],
  );
  await client.query('VACUUM (ANALYZE) queue_job');
  const read: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await client.query('BEGIN');
    const { rows: nodes } = await client.query<{ id: number; version: string }>(
      `INSERT INTO queue_job_node (name) VALUES ('load') RETURNING id, (SELECT config_version FROM queue_job_meta) AS version`,
    );
    const { id = 0, version = '' } = nodes[0] ?? {};
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM queue_job_claim_1(
         ${id}, ${version}, false, '{}', false, false, ${SLOTS}, '{}', '{}', '{LimitedJobs.plain}', NULL, 1, '{}', '{}', '{}')`,
    );
    await client.query('ROLLBACK');
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
    read.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
  }
  return Math.min(...read);
}

async function firstJobs(queue: QueueService, beside: 'few' | 'many', print: Print): Promise<void> {
  const times: number[] = [];
  for (let at = 0; at < NEW_TENANTS; at += 1) {
    const called = performance.now();
    await queue.withDelay(LimitedJobs).ofTenant(`${beside}${at}`);
    times.push(performance.now() - called);
  }
  print(
    `The first job of a new tenant beside ${beside} channels: p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  );
}

async function lists(channels: ChannelService, print: Print): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  const before = process.cpuUsage();
  let listed = 0;
  for (let page = await channels.list({ limit: PAGE }); page.length > 0;) {
    listed += page.length;
    page = await channels.list({ after: page.at(-1)?.name ?? '', limit: PAGE });
  }
  delay.disable();
  // On a machine that does other things the delay says little: nothing blocks for longer than the processor works.
  const { user, system } = process.cpuUsage(before);
  const work = (user + system) / 1_000 / Math.ceil(listed / PAGE);
  print(
    `channels.list() of ${listed} by ${PAGE}: ${Math.round(performance.now() - begun)} ms in all, ${work.toFixed(1)} ms of processor a page, the event loop late by ${(delay.max / 1e6).toFixed(1)} ms at most`,
  );
}
