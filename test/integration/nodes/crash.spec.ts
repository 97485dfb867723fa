import type { Client } from 'pg';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';

describe('a node that dies', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let nodes: ClusterNode[] = [];

  const start = async (runner = {}): Promise<ClusterNode> => {
    const node = await ClusterNode.start(database.url, { runner });
    nodes.push(node);
    return node;
  };

  beforeEach(async () => {
    nodes = [];
    database = await createTestDatabase();
    client = await connect(database.url);
    steering = await startApplication({ url: database.url, providers: [], options: { runner: false } });
  });

  afterEach(async () => {
    await Promise.all(
      nodes.map(async (node) => {
        node.process.kill('SIGCONT');
        await node.close();
      }),
    );
    await steering.close();
    await client.end();
    await database.drop();
  });

  it('by SIGKILL in the middle of jobs gives them and its permits back within 5 seconds', async () => {
    await steering.channels.configure('root.work', { capacity: 4 });
    const victim = await start();
    const uuids = await insertJobs(
      client,
      Array.from({ length: 6 }, () => ({ method: 'work' as const, args: [60_000], channel: 'root.work' })),
    );
    await eventually(() => expect(victim.events.filter(({ kind }) => kind === 'start').length).toBe(4));
    const survivor = await start();
    await victim.kill();
    const killed = performance.now();
    await eventually(() => expect(survivor.events.filter(({ kind }) => kind === 'start').length).toBe(4));
    expect(performance.now() - killed).toBeLessThan(5_000);
    const tries = await Promise.all(uuids.map((uuid) => steering.queue.attempts(uuid)));
    const lost = tries.flat();
    expect(lost.length).toBe(4);
    expect(lost[0]).toMatchObject({ retry: 1, excName: 'JobFoundDeadError' });
    // The try of the dead node counts.
    expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL AND retry = 2')).toBe(
      4,
    );
    expect(
      await countOf(client, `SELECT sum(count) AS count FROM queue_job_permit WHERE channel = 'root.work'`),
    ).toBe(4);
    await survivor.kill();
  }, 30_000);

  it('with a job that used up its tries leaves that job failed', async () => {
    const victim = await start();
    const [uuid] = await insertJobs(client, [{ method: 'work', args: [60_000], maxRetries: 1 }]);
    await eventually(() => expect(victim.events.length).toBe(1));
    await start();
    await victim.kill();
    await eventually(async () => {
      expect(await steering.queue.find(uuid as string)).toMatchObject({
        state: 'failed',
        excName: 'JobFoundDeadError',
      });
    });
  }, 30_000);

  it('while others settle and claim loses nothing: every job is done, and run again only where a death says so', async () => {
    await steering.channels.configure('root.a', { capacity: 3 });
    const jobs = Array.from({ length: 5_000 }, (_, at) => ({
      method: 'work' as const,
      args: [at % 4],
      channel: ['root', 'root.a', 'root.a.b'][at % 3] as string,
      maxRetries: 0,
    }));
    const [, ...victims] = await Promise.all([start(), start(), start()]);
    await insertJobs(client, jobs);
    for (const victim of victims) {
      const before = victim.events.length;
      await eventually(() => expect(victim.events.length).toBeGreaterThan(before + 100));
      await victim.kill();
    }
    await eventually(() => expectAllDone(client, jobs.length), 30_000);
    const runs = nodes.flatMap((node) => node.runs);
    const deaths = await countOf(
      client,
      `SELECT count(*) FROM queue_job_attempt WHERE exc_name = 'JobFoundDeadError'`,
    );
    const again = runs.length - new Set(runs.map(({ uuid }) => uuid)).size;
    expect(again).toBeLessThanOrEqual(deaths);
    // A job that ran to its end twice has the death of a node in its history.
    const twice = [...new Set(runs.map(({ uuid }) => uuid))].filter(
      (uuid) => runs.filter((run) => run.uuid === uuid).length > 1,
    );
    for (const uuid of twice.slice(0, 20))
      expect((await steering.queue.attempts(uuid)).length).toBeGreaterThan(1);
  }, 60_000);

  it('while its calls take their jobs at once loses none that was answered', async () => {
    const calls = 400;
    await Promise.all([start(), start(), start(), start()]);
    const calling = nodes.map(async (node) => node.ask('callNowAndThen', calls, { maxRetries: 0 }));
    const called = (): string[] =>
      nodes.flatMap((node) => node.events.filter(({ kind }) => kind === 'called').map(({ uuid }) => uuid));
    for (const victim of nodes.slice(0, 2)) {
      const before = called().length;
      await eventually(() => expect(called().length).toBeGreaterThan(before + 200));
      await victim.kill();
    }
    // Those that died never answer.
    await Promise.all(calling.slice(2));
    await eventually(
      async () => expect(await countOf(client, 'SELECT count(*) FROM queue_job')).toBe(0),
      20_000,
    );
    const done = await client.query<{ uuid: string; at_once: boolean }>(
      `SELECT uuid, date_enqueued = date_created AS at_once FROM queue_job_history WHERE state = 'done'`,
    );
    const uuids = new Set(done.rows.map(({ uuid }) => uuid));
    expect(called().filter((uuid) => !uuids.has(uuid))).toEqual([]);
    expect(done.rows.filter((row) => row.at_once).length).toBeGreaterThan(10);
    const runs = nodes.flatMap((node) => node.runs);
    const deaths = await countOf(
      client,
      `SELECT count(*) FROM queue_job_attempt WHERE exc_name = 'JobFoundDeadError'`,
    );
    expect(runs.length - new Set(runs.map(({ uuid }) => uuid)).size).toBeLessThanOrEqual(deaths);
    await expectAllDone(client, done.rows.length);
  }, 60_000);

  it('in the middle of transactional jobs leaves each effect exactly once', async () => {
    await client.query('CREATE TABLE effect (key int NOT NULL)');
    const jobs = Array.from({ length: 2_000 }, (_, at) => ({
      method: 'effect' as const,
      args: [at, at % 3],
      maxRetries: 0,
    }));
    const [, ...victims] = await Promise.all([start(), start(), start()]);
    await insertJobs(client, jobs);
    for (const victim of victims) {
      const before = await countOf(client, 'SELECT count(*) FROM effect');
      await eventually(async () =>
        expect(await countOf(client, 'SELECT count(*) FROM effect')).toBeGreaterThan(before + 50),
      );
      await victim.kill();
    }
    await eventually(() => expectAllDone(client, jobs.length), 30_000);
    expect(await countOf(client, 'SELECT count(*) FROM effect')).toBe(jobs.length);
    expect(await countOf(client, 'SELECT count(DISTINCT key) AS count FROM effect')).toBe(jobs.length);
  }, 60_000);

  it('only seems dead while its event loop is blocked: its jobs are not given away', async () => {
    const busy = await start({ concurrency: 1 });
    const [uuid] = await insertJobs(client, [{ method: 'block', args: [8_000] }]);
    await eventually(() => expect(busy.events.length).toBe(1));
    const other = await start();
    await eventually(
      async () => expect((await steering.queue.find(uuid as string))?.state).toBe('done'),
      20_000,
    );
    expect(await steering.queue.find(uuid as string)).toMatchObject({
      retry: 1,
      result: `blocked ${busy.process.pid}`,
    });
    expect(await steering.queue.attempts(uuid as string)).toHaveLength(1);
    expect(other.events).toEqual([]);
  }, 30_000);

  it('only seems dead while it is stopped: a zombie that wakes up late settles nothing, and goes on as a new node', async () => {
    const zombie = await start();
    const first = await zombie.ask('nodeId');
    const [uuid] = await insertJobs(client, [{ method: 'untilAborted', args: [], maxRetries: 0 }]);
    await eventually(() => expect(zombie.events.length).toBe(1));
    const other = await start();
    // Its session is cut while it can't see it, as by a network that is gone.
    zombie.process.kill('SIGSTOP');
    await client.query(`SELECT pg_terminate_backend(backend) FROM queue_job_node WHERE id = $1`, [first]);
    await eventually(() => expect(other.events.map((event) => event.uuid)).toEqual([uuid]), 15_000);
    zombie.process.kill('SIGCONT');
    await eventually(() =>
      expect(zombie.events.some(({ kind, uuid: of }) => kind === 'aborted' && of === uuid)).toBe(true),
    );
    await eventually(async () => expect(await zombie.ask('nodeId')).not.toBe(first));
    expect(await steering.queue.find(uuid as string)).toMatchObject({
      retry: 2,
      node: await other.ask('nodeId'),
    });
    await steering.queue.cancel(uuid as string, { by: 'the test' });
    await eventually(async () =>
      expect((await steering.queue.find(uuid as string))?.state).toBe('cancelled'),
    );
  }, 40_000);

  it('behind a pooler, without a session, is found dead by its lease, and keeps its jobs while its event loop is blocked', async () => {
    const runner = { listen: false, leaseDuration: 2_000, pollInterval: 200 };
    const victim = await start(runner);
    const [lost] = await insertJobs(client, [{ method: 'work', args: [60_000] }]);
    await eventually(() => expect(victim.events.length).toBe(1));
    const other = await start(runner);
    await victim.kill();
    await eventually(() => expect(other.events.map(({ uuid }) => uuid)).toEqual([lost]));
    expect((await steering.queue.attempts(lost as string))[0]).toMatchObject({
      excName: 'JobFoundDeadError',
    });

    const blocked = await start(runner);
    const [uuid] = await insertJobs(client, [{ method: 'block', args: [6_000], priority: 0 }]);
    await eventually(
      async () => expect((await steering.queue.find(uuid as string))?.state).toBe('done'),
      20_000,
    );
    expect(await steering.queue.attempts(uuid as string)).toHaveLength(1);
    expect(blocked.process.exitCode).toBe(null);
    await other.kill();
  }, 40_000);

  it('in order waits for what runs, and hands back what has not begun, with its try', async () => {
    await steering.channels.configure('root.one', { capacity: 1 });
    const node = await start({ concurrency: 2 });
    const uuids = await insertJobs(client, [
      { method: 'work', args: [300] },
      ...Array.from({ length: 30 }, () => ({ method: 'work' as const, args: [20], channel: 'root.one' })),
    ]);
    await eventually(() => expect(node.runs.length).toBeGreaterThan(3));
    await node.ask('stop', 5_000);
    const first = await steering.queue.find(uuids[0] as string);
    expect(first?.state).toBe('done');
    expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL OR retry > 0')).toBe(
      0,
    );
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_permit WHERE count <> 0')).toBe(0);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_claim')).toBe(0);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_attempt')).toBe(0);
  }, 30_000);

  it('in order aborts what does not end in time, and gives it back without counting the try', async () => {
    const node = await start();
    const [uuid] = await insertJobs(client, [{ method: 'untilAborted', args: [] }]);
    await eventually(() => expect(node.events.length).toBe(1));
    await node.ask('stop', 50);
    expect(await steering.queue.find(uuid as string)).toMatchObject({ state: 'pending', retry: 0 });
    expect((await steering.queue.attempts(uuid as string))[0]).toMatchObject({
      retry: 1,
      excName: 'NodeStoppedError',
    });
  }, 30_000);
});
