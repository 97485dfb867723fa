import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, Job } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

@Injectable()
class Worker {
  begun = 0;

  @Job()
  async work(ms: number): Promise<void> {
    this.begun += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  @Job({ transactional: true })
  async inTransaction(ms: number): Promise<string> {
    this.begun += 1;
    await new Promise((resolve) => setTimeout(resolve, currentJob().job.retry === 1 ? ms : 0));
    return 'written';
  }
}

describe('a runner that stops', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  let worker: Worker;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    test = await startApplication({ url: database.url, providers: [Worker] });
    worker = test.get(Worker);
  });

  afterEach(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  const held = (): Promise<number> =>
    countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL');

  it('may be closed twice, with its application', async () => {
    await test.close();
    await expect(test.close()).resolves.toBeUndefined();
  });

  it('while it claims leaves nothing on the node that is gone, and the next one does the work', async () => {
    const jobs = [];
    for (let round = 0; round < 20; round += 1) {
      jobs.push(await test.queue.withDelay(worker).work(20));
      // With nothing, a claim, or a run under way, as it happens.
      for (let turns = 0; turns < round % 5; turns += 1)
        await new Promise((resolve) => setImmediate(resolve));
      await test.runner.stop();
      expect(await held()).toBe(0);
      expect(await countOf(client, 'SELECT count(*) FROM queue_job_claim')).toBe(0);
      await test.runner.start();
    }
    for (const job of jobs) await test.queue.finished(job, { timeout: 5_000 });
    expect(worker.begun).toBe(20);
  }, 60_000);

  it('does not begin to claim again when its session comes back meanwhile', async () => {
    const running = await test.queue.withDelay(worker).work(1_500);
    await eventually(() => expect(worker.begun).toBe(1));
    const stopped = test.runner.stop({ timeout: 5_000 });
    await client.query('SELECT pg_terminate_backend(backend) FROM queue_job_node WHERE alive');
    const late = await test.queue.withDelay(worker).work(0);
    await stopped;
    expect((await test.queue.find(running.uuid))?.state).toBe('done');
    expect((await test.queue.find(late.uuid))?.state).toBe('pending');
    expect(worker.begun).toBe(1);
  });

  it('and cannot give back a job, because somebody has locked its row, is found dead with it', async () => {
    const job = await test.queue.withDelay(worker).work(60_000);
    await eventually(() => expect(worker.begun).toBe(1));
    await eventually(async () => expect((await test.queue.find(job.uuid))?.state).toBe('started'));
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM queue_job WHERE uuid = $1 FOR UPDATE', [job.uuid]);
    await test.runner.stop({ timeout: 0 });
    await client.query('COMMIT');
    await test.runner.start();
    await eventually(() => expect(worker.begun).toBe(2), 10_000);
    await test.runner.stop({ timeout: 0 });
  }, 60_000);

  it('is no reason for a transactional job whose connection broke to fail: it is tried again', async () => {
    const job = await test.queue.withDelay(worker).inTransaction(300);
    await eventually(() => expect(worker.begun).toBe(1));
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    await eventually(async () =>
      expect(await test.queue.find(job.uuid)).toMatchObject({
        state: 'pending',
        excName: 'RetryableJobError',
      }),
    );
    await test.queue.postpone(job.uuid, { seconds: 0 });
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('written');
  });
});
