import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, Job, NodeService, QueueHealthService, ScheduleService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** By the name that the job functions of cluster nodes have. */
@Injectable()
class Recorder {
  static ran: string[] = [];

  @Job()
  async noop(): Promise<void> {
    Recorder.ran.push(currentJob().job.uuid);
    return Promise.resolve();
  }

  @Job({ maxRetries: 3 })
  async work(_ms: number): Promise<void> {
    Recorder.ran.push(currentJob().job.uuid);
    return Promise.resolve();
  }
}

let database: TestDatabase;
let client: Client;
let test: TestApplication;
let apps: TestApplication[];

const start = async (wakeEvery: string): Promise<TestApplication> => {
  const runner = { sleepAfter: 1_000, wakeEvery };
  const app = await startApplication({ url: database.url, providers: [Recorder], options: { runner } });
  apps.push(app);
  return app;
};

const asleep = async (app = test): Promise<void> =>
  eventually(() => expect(app.runner.state).toBe('sleeping'), 30_000);

const ran = async (uuid: string): Promise<void> =>
  eventually(() => expect(Recorder.ran).toContain(uuid), 30_000);

beforeEach(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  Recorder.ran = [];
  apps = [];
});

afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await client.end();
  await database.drop();
});

describe('a node with sleepAfter that has nothing to do', () => {
  it('sends nothing while it sleeps, and has left the cluster', async () => {
    test = await start('1 h');
    await asleep();
    await client.query('SELECT pg_sleep(0.1)');
    const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    // Longer than a few heartbeats, of which a node that is awake has one a second.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    const sent = await client.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend' AND state_change > $1`,
      [rows[0]?.now],
    );
    expect(sent.rows).toEqual([]);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_node WHERE alive')).toBe(0);
    expect(test.runner.running).toBe(true);
    expect(test.runner.nodeId).toBeUndefined();
    expect((await test.get(QueueHealthService).check()).status).toBe('up');
  }, 60_000);

  it('wakes for a job of its process, and sleeps again', async () => {
    test = await start('1 h');
    await asleep();
    for (let at = 0; at < 2; at += 1) {
      const job = await test.queue.withDelay(Recorder).noop();
      await ran(job.uuid);
      await asleep();
    }
  }, 60_000);

  it('wakes for an eta and for a tick', async () => {
    test = await start('1 h');
    const job = await test.queue.withDelay(Recorder, { eta: 10 }).noop();
    await asleep();
    await ran(job.uuid);
    await asleep();
    const call = test.queue.delayable(Recorder).noop();
    await test.get(ScheduleService).upsert('soon', { every: '5 s', call });
    const before = Recorder.ran.length;
    await eventually(() => expect(Recorder.ran.length).toBeGreaterThan(before), 30_000);
  }, 90_000);

  it('finds the jobs of other processes when it wakes by itself', async () => {
    test = await start('3 s');
    await asleep();
    const web = await startApplication({
      url: database.url,
      providers: [Recorder],
      options: { runner: false },
    });
    apps.push(web);
    const job = await web.queue.withDelay(Recorder).noop();
    await ran(job.uuid);
  }, 60_000);

  it('stays awake while a job is at another node, and gives back those of one that dies', async () => {
    const dying = await ClusterNode.start(database.url, { runner: { concurrency: 1 } });
    const web = await startApplication({
      url: database.url,
      providers: [Recorder],
      options: { runner: false },
    });
    apps.push(web);
    const job = await web.queue.withDelay(Recorder).work(600_000);
    await eventually(() => expect(dying.events.length).toBe(1));
    test = await start('1 h');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(test.runner.state).toBe('running');
    dying.process.kill('SIGKILL');
    await ran(job.uuid);
    await asleep();
  }, 60_000);

  it('gives back the jobs of a node that died while all slept, once it wakes', async () => {
    const dying = await ClusterNode.start(database.url, {
      channels: 'root',
      runner: { channels: ['root.a'] },
    });
    test = await start('5 s');
    await asleep();
    const job = await test.queue.withDelay(Recorder, { channel: 'a' }).work(600_000);
    await eventually(() => expect(dying.events.length + Recorder.ran.length).toBe(1), 30_000);
    dying.process.kill('SIGKILL');
    await ran(job.uuid);
  }, 60_000);

  it('stops for good where it is stopped asleep', async () => {
    test = await start('1 h');
    await asleep();
    await test.runner.stop();
    expect(test.runner.state).toBe('stopped');
    await test.queue.withDelay(Recorder).noop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(test.runner.state).toBe('stopped');
    await test.runner.start();
    await eventually(() => expect(Recorder.ran).toHaveLength(1));
    expect(await test.get(NodeService).list()).toContainEqual(expect.objectContaining({ state: 'alive' }));
  }, 60_000);
});
