import type { Client } from 'pg';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode, peakUnder, type RecordedRun } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import {
  connect,
  countOf,
  expectAllDone,
  insertJobs,
  type RecorderJob,
} from '../../support/recorder-jobs.js';

const work = (channel: string, ms = 1, more: Partial<RecorderJob> = {}): RecorderJob => ({
  method: 'work',
  args: [ms],
  channel,
  ...more,
});

describe('the rules of channels over two processes', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let nodes: ClusterNode[];
  const runs = (): RecordedRun[] => nodes.flatMap((node) => node.runs).toSorted((a, b) => a.start - b.start);

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    steering = await startApplication({ url: database.url, providers: [], options: { runner: false } });
    nodes = await Promise.all([ClusterNode.start(database.url), ClusterNode.start(database.url)]);
  });

  beforeEach(() => {
    for (const node of nodes) node.events.length = 0;
  });

  afterEach(async () => {
    // A job may have run, and not be settled yet.
    await eventually(async () => {
      if ((await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')) > 0) {
        throw new Error('Jobs of the test are still at a node');
      }
    });
    await client.query('DELETE FROM queue_job_history; DELETE FROM queue_job');
  });

  afterAll(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  it('throttle: between two starts there is at least the given time', async () => {
    await steering.channels.configure('root.slow', { capacity: 5, throttle: 0.2 });
    await insertJobs(
      client,
      Array.from({ length: 8 }, () => work('root.slow')),
    );
    await eventually(() => expectAllDone(client, 8));
    const starts = runs().map(({ start }) => start);
    const gaps = starts.slice(1).map((start, at) => start - (starts[at] as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
    // Nor does a node sleep until the next poll.
    expect(Math.max(...gaps)).toBeLessThan(1_000);
  });

  it('sequential: a failed job stops the channel until it is decided upon, also from a subchannel', async () => {
    await steering.channels.configure('root.strict', { sequential: true });
    const [first, failing, third] = await insertJobs(client, [
      work('root.strict'),
      { method: 'flaky', args: ['not a number', null], channel: 'root.strict.below', maxRetries: 1 },
      work('root.strict'),
    ]);
    // retry <= 'not a number' is false, so make it fail by its only try.
    await client.query(`UPDATE queue_job SET args = '[1, 1]' WHERE uuid = $1`, [failing]);
    await eventually(async () =>
      expect((await steering.queue.find(failing as string))?.state).toBe('failed'),
    );
    // Something after it in another channel runs, so the nodes had every chance.
    await insertJobs(client, [work('root.other')]);
    await eventually(() => expect(runs().filter(({ channel }) => channel === 'root.other').length).toBe(1));
    expect((await steering.queue.find(third as string))?.state).toBe('pending');
    await steering.queue.cancel(failing as string, { by: 'a person' });
    await eventually(async () => expect((await steering.queue.find(third as string))?.state).toBe('done'));
    expect((await steering.queue.find(first as string))?.state).toBe('done');
  });

  it('sequential: a job that waits for its eta stops those after it in order, not those before', async () => {
    await steering.channels.configure('root.ordered', { sequential: true });
    const [later, before, after] = await insertJobs(client, [
      work('root.ordered', 1, { eta: 60, priority: 5 }),
      work('root.ordered', 1, { priority: 1 }),
      work('root.ordered', 1, { priority: 9 }),
    ]);
    await eventually(async () => expect((await steering.queue.find(before as string))?.state).toBe('done'));
    await insertJobs(client, [work('root.other')]);
    await eventually(() => expect(runs().some(({ channel }) => channel === 'root.other')).toBe(true));
    expect((await steering.queue.find(after as string))?.state).toBe('pending');
    await steering.queue.postpone(later as string, { seconds: 0 });
    await eventually(async () => expect((await steering.queue.find(after as string))?.state).toBe('done'));
    expect(
      runs()
        .filter(({ channel }) => channel === 'root.ordered')
        .map(({ uuid }) => uuid),
    ).toEqual([before, later, after]);
  });

  it('sequential: jobs run strictly one after the other, those that are tried again before those behind them', async () => {
    await steering.channels.configure('root.line', { sequential: true });
    const uuids = await insertJobs(
      client,
      Array.from({ length: 30 }, (_, at) => ({
        method: 'flaky' as const,
        args: [at % 5 === 0 ? 2 : 0, 1],
        channel: 'root.line',
        maxRetries: 0,
      })),
    );
    await eventually(() => expectAllDone(client, 30));
    const order = runs().filter(({ channel }) => channel === 'root.line');
    expect(order.map(({ uuid }) => uuid)).toEqual(
      uuids.flatMap((uuid, at) => (at % 5 === 0 ? [uuid, uuid, uuid] : [uuid])),
    );
    expect(peakUnder('root.line', order)).toBe(1);
  });

  it('fair: the subchannels take turns, whatever their number of jobs', async () => {
    await steering.channels.configure('root.tenants', { capacity: 1, fair: true, paused: true });
    await insertJobs(client, [
      ...Array.from({ length: 40 }, () => work('root.tenants.big')),
      ...Array.from({ length: 5 }, () => work('root.tenants.small')),
      ...Array.from({ length: 5 }, () => work('root.tenants.tiny')),
    ]);
    await steering.channels.resume('root.tenants');
    await eventually(() => expectAllDone(client, 50));
    const order = runs().filter(({ channel }) => channel.startsWith('root.tenants'));
    const head = order.slice(0, 15).map(({ channel }) => channel);
    for (const tenant of ['big', 'small', 'tiny']) {
      expect(head.filter((channel) => channel === `root.tenants.${tenant}`).length).toBe(5);
    }
    expect(order.slice(15).every(({ channel }) => channel === 'root.tenants.big')).toBe(true);
  });

  it('paused: nothing starts, what runs goes on, and it all goes on after', async () => {
    await insertJobs(client, [work('root.stop', 300)]);
    await eventually(() => expect(nodes.some((node) => node.events.length > 0)).toBe(true));
    await steering.channels.pause('root.stop');
    await insertJobs(client, [work('root.stop'), work('root.stop.below'), work('root.other')]);
    await eventually(() => expect(runs().some(({ channel }) => channel === 'root.other')).toBe(true));
    await eventually(() => expect(runs().some(({ channel }) => channel === 'root.stop')).toBe(true));
    expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE state = 'pending'`)).toBe(2);
    await steering.channels.resume('root.stop');
    await eventually(() => expectAllDone(client, 4));
  });

  it('capacity 0: no job runs', async () => {
    await steering.channels.configure('root.none', { capacity: 0 });
    await insertJobs(client, [work('root.none'), work('root.other')]);
    await eventually(() => expect(runs().some(({ channel }) => channel === 'root.other')).toBe(true));
    expect(
      await countOf(client, `SELECT count(*) FROM queue_job WHERE channel = 'root.none' AND node IS NULL`),
    ).toBe(1);
  });

  it('a wildcard gives every subchannel made under it its capacity', async () => {
    await steering.channels.configure('root.shops.*', { capacity: 2 });
    await insertJobs(
      client,
      Array.from({ length: 40 }, (_, at) => work(`root.shops.s${at % 2}`, 5)),
    );
    await eventually(() => expectAllDone(client, 40));
    expect(peakUnder('root.shops.s0', runs())).toBe(2);
    expect(peakUnder('root.shops.s1', runs())).toBe(2);
    expect((await steering.channels.get('root.shops.s0')).capacity).toBe(2);
  });

  it('a job that finds no room holds nobody up outside its own channel', async () => {
    await steering.channels.configure('root.full', { capacity: 1 });
    await insertJobs(client, [
      work('root.full', 400, { priority: 0 }),
      ...Array.from({ length: 50 }, () => work('root.full', 1, { priority: 0 })),
      ...Array.from({ length: 20 }, () => work('root.free')),
    ]);
    await eventually(() => expect(runs().filter(({ channel }) => channel === 'root.free').length).toBe(20));
    expect(runs().filter(({ channel }) => channel === 'root.full').length).toBe(0);
    await eventually(() => expectAllDone(client, 71));
  });
});
