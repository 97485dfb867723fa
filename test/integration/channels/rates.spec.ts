import type { Client } from 'pg';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode, peakUnder, type RecordedRun } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, expectAllDone, insertJobs, type RecorderJob } from '../../support/recorder-jobs.js';

const jobs = (count: number, channelOf: (at: number) => string, ms = 3): RecorderJob[] =>
  Array.from({ length: count }, (_, at) => ({
    method: 'work',
    args: [ms],
    channel: channelOf(at),
    maxRetries: 0,
  }));

/** The shortest time, in milliseconds, in which more than `limit` of these have started. */
function shortest(starts: readonly number[], limit: number): number {
  return Math.min(Infinity, ...starts.slice(limit).map((start, at) => start - (starts[at] as number)));
}

/** The most that have started within so many milliseconds. */
function most(starts: readonly number[], within: number): number {
  return Math.max(
    0,
    ...starts.map((from) => starts.filter((start) => start >= from && start < from + within).length),
  );
}

describe('the rate of a channel over several processes', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  const nodes: ClusterNode[] = [];
  const startNode = async (): Promise<ClusterNode> => {
    const node = await ClusterNode.start(database.url);
    nodes.push(node);
    return node;
  };
  const starts = (): number[] =>
    nodes
      .flatMap(({ events }) => events.filter(({ kind }) => kind === 'start'))
      .map(({ start }) => start as number)
      .toSorted((a, b) => a - b);
  const runs = (): RecordedRun[] => nodes.flatMap((node) => node.runs).toSorted((a, b) => a.start - b.start);
  const startsUnder = (channel: string): number[] =>
    runs()
      .filter((run) => `${run.channel}.`.startsWith(`${channel}.`))
      .map(({ start }) => start);

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    steering = await startApplication({ url: database.url, providers: [], options: { runner: false } });
  });

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  it('holds in every stretch of time, while nodes are killed, stopped and started, and jobs last longer than it', async () => {
    await steering.channels.configure('root.api', { rate: { limit: 20, per: 1 } });
    const [killed, stopped] = await Promise.all([startNode(), startNode(), startNode(), startNode()]);
    await insertJobs(client, [
      ...jobs(120, (at) => `root.api.t${at % 7}`),
      ...jobs(10, () => 'root.api.long', 1_500),
    ]);
    await eventually(() => expect(starts().length).toBeGreaterThan(40));
    await killed?.kill();
    await startNode();
    await eventually(() => expect(starts().length).toBeGreaterThan(70));
    await stopped?.close();
    await startNode();
    await eventually(() => expectAllDone(client, 130), 60_000);
    expect(shortest(starts(), 20)).toBeGreaterThanOrEqual(1_000);
  });

  it('lets at least nine tenths of it start where there are enough', async () => {
    await steering.channels.configure('root.api', { rate: { limit: 20, per: 1.5 } });
    await Promise.all([startNode(), startNode()]);
    await insertJobs(
      client,
      jobs(90, (at) => `root.api.t${at % 5}`),
    );
    await eventually(() => expectAllDone(client, 90), 60_000);
    expect(shortest(starts(), 20)).toBeGreaterThanOrEqual(1_500);
    expect(most(starts(), 4_500)).toBeGreaterThanOrEqual(0.9 * 3 * 20);
  });

  it('holds from a change on, and together with capacities, throttle, order and turns below it', async () => {
    await steering.channels.configure('root.api', { rate: { limit: 40, per: 1 }, capacity: 6, fair: true });
    await steering.channels.configure('root.api.slow', { throttle: 0.3 });
    await steering.channels.configure('root.api.line', { sequential: true });
    await steering.channels.configure('root.api.own', { rate: { limit: 5, per: '1 s' } });
    await Promise.all([startNode(), startNode(), startNode()]);
    const line = Array.from({ length: 20 }, () => 'root.api.line');
    const channels = [
      ...Array.from({ length: 90 }, () => 'root.api.free'),
      ...Array.from({ length: 8 }, () => 'root.api.slow'),
      ...line,
      ...Array.from({ length: 15 }, () => 'root.api.own'),
    ];
    await insertJobs(
      client,
      jobs(channels.length, (at) => channels[at] as string),
    );
    await eventually(() => expect(starts().length).toBeGreaterThan(50));
    await steering.channels.configure('root.api', { rate: { limit: 10, per: 1 } });
    const changed = Number(process.hrtime.bigint()) / 1e6;
    await eventually(() => expectAllDone(client, channels.length), 60_000);
    expect(shortest(starts(), 40)).toBeGreaterThanOrEqual(1_000);
    expect(
      shortest(
        starts().filter((start) => start >= changed),
        10,
      ),
    ).toBeGreaterThanOrEqual(1_000);
    expect(shortest(startsUnder('root.api.own'), 5)).toBeGreaterThanOrEqual(1_000);
    expect(shortest(startsUnder('root.api.slow'), 1)).toBeGreaterThanOrEqual(300);
    expect(peakUnder('root.api', runs())).toBeLessThanOrEqual(6);
    const order = runs().filter(({ channel }) => channel === 'root.api.line');
    expect(order.map(({ seq }) => seq)).toEqual(order.map(({ seq }) => seq).toSorted((a, b) => a - b));
  });

  it('is a limit for each channel below a wildcard', async () => {
    await steering.channels.configure('root.tenants.*', { rate: { limit: 3, per: 1 }, capacity: 2 });
    await Promise.all([startNode(), startNode()]);
    await insertJobs(
      client,
      jobs(30, (at) => `root.tenants.t${at % 3}`),
    );
    await eventually(() => expectAllDone(client, 30), 60_000);
    for (const tenant of ['t0', 't1', 't2'])
      expect(shortest(startsUnder(`root.tenants.${tenant}`), 3)).toBeGreaterThanOrEqual(1_000);
    expect(parseChannels('root.tenants.*:2:rate=3/1')).toEqual([
      expect.objectContaining({ name: 'root.tenants.*', capacity: 2, rate: { limit: 3, per: 1 } }),
    ]);
  });
});
