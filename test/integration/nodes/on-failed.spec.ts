import type { Client } from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';
import { allowTables, createRole } from '../../support/role.js';
import { prepareTemplate } from '../../support/template.js';

const JOBS = 600;

/** Needs a server of its own, which it may kill. */
describe('onFailed, while nodes and the server die', () => {
  let server: EmbeddedPostgres;
  let url: string;
  let client: Client;
  let steering: TestApplication;
  const nodes: ClusterNode[] = [];

  const start = async (): Promise<ClusterNode> => {
    const node = await ClusterNode.start(url);
    nodes.push(node);
    return node;
  };
  const reports = `SELECT r.failure_of AS uuid, count(*)::integer AS reports FROM (
      SELECT failure_of FROM queue_job UNION ALL SELECT failure_of FROM queue_job_history
    ) r WHERE r.failure_of IS NOT NULL GROUP BY r.failure_of`;

  beforeAll(async () => {
    server = await EmbeddedPostgres.start();
    url = await createRole(server.url, 'reported');
    await allowTables(server.url, url);
    await prepareTemplate(url);
    client = await connect(url);
    await client.query('CREATE TABLE report (job uuid)');
    steering = await startApplication({ url, providers: [], options: { runner: false }, logger: false });
  }, 60_000);

  afterAll(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await server.stop();
  });

  it('is stored by the node that rescues the job of one that was killed', async () => {
    const victim = await start();
    const [uuid] = await insertJobs(client, [{ method: 'doomed', args: [600_000], maxRetries: 1 }]);
    await eventually(() => expect(victim.events.some((event) => event.uuid === uuid)).toBe(true));
    await start();
    await victim.kill();
    await eventually(
      async () => expect(await countOf(client, 'SELECT count(*) FROM report WHERE job = $1', [uuid])).toBe(1),
      30_000,
    );
    expect((await client.query(reports)).rows).toEqual([{ uuid, reports: 1 }]);
    expect(await steering.queue.find(uuid as string)).toMatchObject({ excName: 'JobFoundDeadError' });
    await steering.queue.delete(uuid as string);
    await client.query('DELETE FROM queue_job_history; TRUNCATE report');
  }, 60_000);

  it('is stored exactly once for each failure, over deaths of nodes and a restart of the server', async () => {
    await start();
    const uuids = await insertJobs(
      client,
      Array.from({ length: JOBS }, (_, at) => ({ method: 'doomed' as const, args: [at % 5] })),
    );
    const runs = (): number => nodes.flatMap((node) => node.runs).length;
    await eventually(() => expect(runs()).toBeGreaterThan(100), 30_000);
    await nodes.at(-1)?.kill();
    await start();
    const before = runs();
    await eventually(() => expect(runs()).toBeGreaterThan(before + 100), 30_000);
    await server.restartImmediate();
    client = await connect(url);
    await eventually(
      async () =>
        expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE state <> 'failed'`)).toBe(0),
      60_000,
    );
    const found = (await client.query<{ uuid: string; reports: number }>(reports)).rows;
    expect(found.filter((row) => row.reports !== 1)).toEqual([]);
    expect(found.map((row) => row.uuid).toSorted()).toEqual(uuids.toSorted());
    const told = (await client.query<{ job: string }>('SELECT job FROM report ORDER BY job')).rows;
    expect(told.map(({ job }) => job)).toEqual(uuids.toSorted());
  }, 180_000);
});
