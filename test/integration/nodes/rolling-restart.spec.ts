import { once } from 'node:events';
import type { Client } from 'pg';
import { startApplication, type TestApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';

/** Three processes, each restarted so many times, as a rolling deploy does it. */
const ROUNDS = Number(process.env['ROLLING_ROUNDS'] ?? 10);

/**
 * The longest that a job may wait for its start here, in milliseconds: the load leaves half of the slots free. A job that
 * was lost would wait for 30 s at least; a machine with other work holds one up for seconds.
 */
const LONGEST_WAIT_MS = 15_000;

describe('a rolling restart under load', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let nodes: ClusterNode[];
  const ended: ClusterNode[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    steering = await startApplication({ url: database.url, providers: [], options: { runner: false } });
    nodes = await Promise.all([1, 2, 3].map(async () => start()));
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  const start = async (): Promise<ClusterNode> =>
    ClusterNode.start(database.url, { runner: { concurrency: 10 }, channels: 'root.two:2' });

  it(`of three processes, ${ROUNDS} times, fails no job, runs none twice and lets none wait`, async () => {
    const load = { on: true };
    let called = 0;
    const calling = (async () => {
      while (load.on) {
        await insertJobs(
          client,
          [5, 20, 60].map((ms, at) => ({
            method: 'mail' as const,
            args: [ms],
            ...(at === 0 && { channel: 'root.two' }),
            // One that fails, or is given back with its attempt counted, shows.
            maxRetries: 1,
          })),
        );
        called += 3;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const at of nodes.keys()) {
        const old = nodes[at] as ClusterNode;
        const exited = once(old.process, 'exit');
        // The next one is up before the old one gets its signal.
        nodes[at] = await start();
        await old.kill('SIGTERM');
        await exited;
        ended.push(old);
      }
    }
    load.on = false;
    await calling;
    await eventually(async () => expectAllDone(client, called), 30_000);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_attempt')).toBe(0);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_history WHERE retry <> 1')).toBe(0);
    const runs = [...ended, ...nodes].flatMap((node) => node.runs);
    expect(new Set(runs.map(({ uuid }) => uuid)).size).toBe(runs.length);
    const { rows } = await client.query<{ wait: number }>(
      `SELECT max(extract(epoch FROM date_started - date_created))::float8 * 1000 AS wait FROM queue_job_history`,
    );
    expect(rows[0]?.wait).toBeLessThan(LONGEST_WAIT_MS);
    expect(called).toBeGreaterThan(100);
  }, 600_000);
});
