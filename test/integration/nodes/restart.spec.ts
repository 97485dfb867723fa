import type { Client } from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { ClusterNode } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { prepareTemplate } from '../../support/template.js';
import { connect, countOf, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';
import { allowTables, createRole } from '../../support/role.js';

/** Needs a server of its own, which it may kill. */
describe('PostgreSQL killed and started again under load', () => {
  let server: EmbeddedPostgres;
  let url: string;
  let client: Client;
  let nodes: ClusterNode[] = [];

  beforeAll(async () => {
    server = await EmbeddedPostgres.start();
    url = await createRole(server.url, 'restarted');
    await allowTables(server.url, url);
    await prepareTemplate(url);
    client = await connect(url);
    nodes = await Promise.all([ClusterNode.start(url), ClusterNode.start(url)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await client.end();
    await server.stop();
  });

  it('finds nodes that come back by themselves, and finish: no job lost, none dropped, LISTEN included', async () => {
    const jobs = Array.from({ length: 4_000 }, (_, at) => ({
      method: 'work' as const,
      args: [at % 6],
      channel: at % 2 === 0 ? 'root' : 'root.two',
      maxRetries: 0,
    }));
    await insertJobs(client, jobs);
    for (let restarts = 0; restarts < 2; restarts += 1) {
      const before = nodes.flatMap((node) => node.runs).length;
      await eventually(() => expect(nodes.flatMap((node) => node.runs).length).toBeGreaterThan(before + 300));
      await server.restartImmediate();
    }
    client = await connect(url);
    await eventually(() => expectAllDone(client, jobs.length), 30_000);
    const ran = new Set(nodes.flatMap((node) => node.runs).map(({ uuid }) => uuid));
    expect(ran.size).toBe(jobs.length);

    // Woken by NOTIFY, so well before the next poll; and both are the nodes that they were or have told otherwise.
    await insertJobs(client, [{ method: 'work', args: [1] }]);
    await eventually(() => expectAllDone(client, jobs.length + 1), 1_000);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_node WHERE alive')).toBe(2);
  }, 90_000);
});
