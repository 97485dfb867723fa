import type { Client } from 'pg';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';

describe('two processes', () => {
  let database: TestDatabase;
  let client: Client;
  let nodes: ClusterNode[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await client.end();
    await database.drop();
  });

  it('that make 500 calls with one identity key at once store one job, and every call gets its uuid', async () => {
    nodes = await Promise.all([1, 2].map(async () => ClusterNode.start(database.url, { runner: false })));
    const answers = await Promise.all(nodes.map(async (node) => node.ask('sameKey', 'the key', 250)));
    const uuids = new Set(answers.flat());
    expect(uuids.size).toBe(1);
    expect(answers.flat().length).toBe(500);
    expect((await client.query('SELECT uuid FROM queue_job')).rows).toEqual([{ uuid: [...uuids][0] }]);
  }, 30_000);

  it('share the channels as their option says: each runs only those that it serves, and those below', async () => {
    const [mail, all] = await Promise.all([
      ClusterNode.start(database.url, { runner: { channels: ['mail'] } }),
      ClusterNode.start(database.url, { runner: { channels: ['root.erp', 'root.mailing'] } }),
    ]);
    nodes = [mail, all];
    const channels = ['root.mail', 'root.mail.bulk', 'root.erp', 'root.mailing', 'root.erp.orders'];
    await insertJobs(client, [
      ...Array.from({ length: 50 }, (_, at) => ({
        method: 'work' as const,
        args: [1],
        channel: channels[at % 5] as string,
      })),
      { method: 'work', args: [1], channel: 'root.other' },
    ]);
    await eventually(async () =>
      expect(await countOf(client, 'SELECT count(*) FROM queue_job_history')).toBe(50),
    );
    expect(new Set(mail.runs.map(({ channel }) => channel))).toEqual(
      new Set(['root.mail', 'root.mail.bulk']),
    );
    expect(new Set(all.runs.map(({ channel }) => channel))).toEqual(
      new Set(['root.erp', 'root.erp.orders', 'root.mailing']),
    );
    expect((await client.query('SELECT channel, node FROM queue_job')).rows).toEqual([
      { channel: 'root.other', node: null },
    ]);
  }, 30_000);

  it('find work that nobody told them of, by looking now and then', async () => {
    nodes = await Promise.all(
      [1, 2].map(async () => ClusterNode.start(database.url, { runner: { pollInterval: 100 } })),
    );
    await insertJobs(client, [{ method: 'work', args: [1] }]);
    await eventually(() => expectAllDone(client, 1));
    // Without the NOTIFY of the helper above.
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, args) VALUES (gen_random_uuid(), 'Recorder.work', 'by hand', '[1]')`,
    );
    await eventually(() => expectAllDone(client, 2), 5_000);
  }, 30_000);
});
