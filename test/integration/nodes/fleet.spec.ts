import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { v7 } from 'uuid';
import { Job, type QueueJobModuleOptions } from '../../../lib/index.js';
import { QueueDatabase } from '../../../lib/store/connection/database.js';
import { NodeStore } from '../../../lib/store/nodes/node-store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** By the name that the job functions of cluster nodes have. */
@Injectable()
class Recorder {
  static runs = 0;
  static gate = new Gate();

  @Job()
  async noop(): Promise<void> {
    Recorder.runs += 1;
    return Promise.resolve();
  }

  @Job()
  async wait(): Promise<void> {
    await Recorder.gate.opened;
  }
}

@Injectable()
class Other {
  @Job()
  async run(): Promise<void> {
    return Promise.resolve();
  }
}

let database: TestDatabase;
let client: Client;
let apps: TestApplication[] = [];
/** The version of the list of nodes that each has. */
let known: Map<number, number>;
let heartbeat: jest.SpiedFunction<NodeStore['heartbeat']>;

const start = async (
  runner: NonNullable<QueueJobModuleOptions['runner']>,
  providers: (typeof Recorder | typeof Other)[] = [Recorder],
): Promise<TestApplication> => {
  const app = await startApplication({ url: database.url, providers, options: { runner } });
  apps.push(app);
  return app;
};

const ran = async (runs: number): Promise<void> => eventually(() => expect(Recorder.runs).toBe(runs));

/** Every node knows every other. */
const acquainted = async (nodes: readonly TestApplication[]): Promise<void> =>
  eventually(async () => {
    const version = await countOf(client, 'SELECT fleet_version AS count FROM queue_job_meta');
    for (const { runner } of nodes) expect(known.get(runner.nodeId as number)).toBe(version);
  });

beforeEach(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  known = new Map();
  apps = [];
  Recorder.runs = 0;
  Recorder.gate = new Gate();
  const ask = Reflect.get(NodeStore.prototype, 'heartbeat');
  // No heartbeat finds work: what isn't notified is never done.
  heartbeat = jest.spyOn(NodeStore.prototype, 'heartbeat').mockImplementation(async function (
    this: NodeStore,
    ...given
  ) {
    known.set(given[0], given[3]?.fleet ?? 0);
    return { ...(await ask.apply(this, given)), ready: false };
  });
});

afterEach(async () => {
  Recorder.gate.open();
  await Promise.all(apps.map((app) => app.close()));
  heartbeat.mockRestore();
  await client.end();
  await database.drop();
});

describe('twelve idle nodes', () => {
  const NODES = 12;
  let web: TestApplication;
  let statements: jest.SpiedFunction<QueueDatabase['run'] | QueueDatabase['roundTrip']>[];

  beforeEach(async () => {
    web = await start(false);
    const nodes = await Promise.all(Array.from({ length: NODES }, () => start({ concurrency: 10 })));
    await acquainted(nodes);
    // The channel is made by its first job.
    await web.queue.withDelay(Recorder).noop();
    await ran(1);
    Recorder.runs = 0;
    statements = [
      jest.spyOn(QueueDatabase.prototype, 'run'),
      jest.spyOn(QueueDatabase.prototype, 'roundTrip'),
    ];
  });

  afterEach(() => {
    for (const one of statements) one.mockRestore();
  });

  const sent = (): number => statements.reduce((sum, { mock }) => sum + mock.calls.length, 0);

  /** The last stand-in has looked. */
  const settled = async (): Promise<void> => {
    for (let before = -1; before !== sent();) {
      before = sent();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };

  // An INSERT, a claim and a settle, two looks; and a few more where the machine is too slow for the first node. Each node
  // that comes for nothing would be one more.
  const MOST = NODES - 1;

  it('cost a job no more statements than three do', async () => {
    for (let at = 1; at <= 10; at += 1) {
      await web.queue.withDelay(Recorder).noop();
      await ran(at);
    }
    await settled();
    expect(sent()).toBeLessThanOrEqual(10 * MOST);
  }, 60_000);

  it('cost one in a transaction of the caller no more', async () => {
    for (let at = 1; at <= 10; at += 1) {
      await web.dataSource.transaction(async (manager) => web.queue.withDelay(Recorder, { manager }).noop());
      await ran(at);
    }
    await settled();
    expect(sent()).toBeLessThanOrEqual(10 * MOST);
  }, 60_000);

  it('cost one whose eta comes no more', async () => {
    for (let at = 1; at <= 5; at += 1) {
      await web.queue.withDelay(Recorder, { eta: 0.2 }).noop();
      await ran(at);
    }
    await settled();
    expect(sent()).toBeLessThanOrEqual(5 * MOST);
  }, 60_000);

  it('come for many at once in the number that it takes', async () => {
    // A channel of its own, whose jobs no node knows as short: none is prefetched.
    const calls = Array.from({ length: 60 }, () =>
      web.queue.delayable(Recorder, { channel: 'waiting' }).wait(),
    );
    await web.queue.delayAll(calls);
    await eventually(async () =>
      expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE node IS NOT NULL`)).toBe(60),
    );
    const busy = await countOf(client, 'SELECT count(DISTINCT node) FROM queue_job WHERE node IS NOT NULL');
    expect(busy).toBeGreaterThanOrEqual(5);
  }, 60_000);

  it('take all that is stored while most of them are full', async () => {
    const calls = Array.from({ length: 115 }, () => web.queue.delayable(Recorder).wait());
    await web.queue.delayAll(calls);
    for (let at = 0; at < 5; at += 1) await web.queue.withDelay(Recorder).wait();
    await eventually(async () =>
      expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE node IS NOT NULL`)).toBe(120),
    );
  }, 60_000);
});

describe('a stand-in', () => {
  /** A job of which these nodes are told: that one of them is to come. */
  const storeFor = async (first: number | undefined, name = 'Recorder.noop'): Promise<void> => {
    const uuid = v7();
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, channel, args) VALUES ($1, $2, 'x', 'root', '[]')`,
      [uuid, name],
    );
    const jobs = [{ count: 1, lot: 1, uuid, name, channel: 'root', first }];
    await client.query(`SELECT pg_notify('public.queue_job', $1)`, [`x ${JSON.stringify({ jobs })}`]);
  };

  const victim = async (): Promise<{ process: ClusterNode; id: number }> => {
    const process = await ClusterNode.start(database.url, {});
    return { process, id: (await process.ask('nodeId')) as number };
  };

  it('comes for a node whose process is stopped, and others do so at once from then on', async () => {
    const { process, id } = await victim();
    const nodes = [await start({}), await start({})];
    await acquainted(nodes);
    process.process.kill('SIGSTOP');
    for (let at = 1; at <= 3; at += 1) {
      await storeFor(id);
      await ran(at);
    }
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_node WHERE alive')).toBe(3);
    process.process.kill('SIGCONT');
    await process.close();
  }, 30_000);

  it('comes for a node that has just died', async () => {
    const { process, id } = await victim();
    const nodes = [await start({}), await start({})];
    await acquainted(nodes);
    await process.kill();
    await storeFor(id);
    await ran(1);
    expect(await countOf(client, `SELECT count(*) FROM queue_job_node WHERE id = ${id} AND alive`)).toBe(1);
  }, 30_000);

  it('comes if the first stand-in has died, too', async () => {
    const victims = [await victim(), await victim()];
    const node = await start({});
    await acquainted([node]);
    await Promise.all(victims.map(({ process }) => process.kill()));
    await storeFor(victims[1]?.id);
    await ran(1);
  }, 30_000);

  it('is not needed for a node that is full: that one passes the job on', async () => {
    const full = await start({ concurrency: 1 });
    await acquainted([full]);
    await storeFor(full.runner.nodeId, 'Recorder.wait');
    await eventually(async () =>
      expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')).toBe(1),
    );
    const idle = await start({ concurrency: 1 });
    await acquainted([full, idle]);
    await storeFor(full.runner.nodeId);
    await eventually(async () =>
      expect(
        await countOf(client, `SELECT node AS count FROM queue_job_history WHERE name = 'Recorder.noop'`),
      ).toBe(idle.runner.nodeId),
    );
  }, 30_000);

  it('is not needed for nodes that serve other channels or have other job functions: nobody counts on them', async () => {
    const others = [await start({ channels: ['mail'] }), await start({}, [Other])];
    const node = await start({});
    await acquainted([...others, node]);
    const looks = jest.spyOn(QueueDatabase.prototype, 'run');
    for (const other of others) await storeFor(other.runner.nodeId);
    await ran(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(looks).not.toHaveBeenCalled();
    looks.mockRestore();
  }, 30_000);

  it('is not needed for a node that drains', async () => {
    const [drained, node] = [await start({}), await start({})];
    await client.query('UPDATE queue_job_node SET command = $1 WHERE id = $2', [
      'drain',
      drained.runner.nodeId,
    ]);
    await client.query('UPDATE queue_job_meta SET fleet_version = fleet_version + 1');
    await acquainted([drained, node]);
    await storeFor(drained.runner.nodeId);
    await ran(1);
  }, 30_000);

  it('leaves a job that nobody has room for to the first node that has', async () => {
    const nodes = [await start({ concurrency: 1 }), await start({ concurrency: 1 })];
    await acquainted(nodes);
    for (const { runner } of nodes) await storeFor(runner.nodeId, 'Recorder.wait');
    await eventually(async () =>
      expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')).toBe(2),
    );
    await storeFor(undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(Recorder.runs).toBe(0);
    Recorder.gate.open();
    await ran(1);
  }, 30_000);
});
