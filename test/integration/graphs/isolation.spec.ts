import { Injectable } from '@nestjs/common';
import {
  currentJob,
  group,
  Job,
  type QueueJob,
  QueueService,
  RetryableJobError,
} from '../../../lib/index.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

@Injectable()
class Worker {
  begun = new Gate();
  gate = new Gate();

  constructor(readonly queue: QueueService) {}

  @Job({ transactional: true })
  async slow(level: string): Promise<void> {
    const { job, manager } = currentJob();
    // So that the note of its start comes before its transaction.
    if (job.retry === 1) throw new RetryableJobError('once', { seconds: 0 });
    await manager.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    await manager.query('SELECT 1');
    this.begun.open();
    await this.gate.opened;
  }

  @Job()
  async quick(): Promise<void> {
    await this.begun.opened;
  }

  @Job()
  async child(): Promise<string> {
    return 'ran';
  }
}

describe.each(LEVELS)('a graph with a parent at %s', (level) => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker], logger: false });
    worker = test.get(Worker);
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const children = async (): Promise<number> => {
    const [row] = await test.dataSource.query<[{ count: string }]>(
      'SELECT count(*) FROM queue_job_follow_up',
    );
    return Number(row.count);
  };

  it('releases the child, whose other parent ended after the snapshot was taken', async () => {
    const jobs = test.queue.delayable(worker);
    const [slow, quick, child] = [jobs.slow(level), jobs.quick(), jobs.child()];
    await group(slow, quick).onDone(child).delay();
    await test.queue.finished(quick.uuid, { timeout: 10_000 });
    expect((await test.queue.find(child.uuid))?.state).toBe('wait_dependencies');
    worker.gate.open();
    await expect(test.queue.finished(child.uuid, { timeout: 5_000 })).resolves.toBe('ran');
    expect((await test.queue.find(slow.uuid))?.retry).toBe(2);
    expect(await children()).toBe(0);
  });

  it('releases the child of two such parents that end at once', async () => {
    const jobs = test.queue.delayable(worker);
    const [one, other, child] = [jobs.slow(level), jobs.slow(level), jobs.child()];
    await group(one, other).onDone(child).delay();
    await eventually(async () => {
      for (const { uuid } of [one, other]) expect((await test.queue.find(uuid))?.retry).toBe(2);
    });
    await worker.begun.opened;
    worker.gate.open();
    await expect(test.queue.finished(child.uuid, { timeout: 10_000 })).resolves.toBe('ran');
  });

  it('releases the child where the process died between the commit and that', async () => {
    const { followUps } = test.get(Store);
    const run = followUps.run.bind(followUps);
    let calls = 0;
    // The first call is that of the node whose job has committed: it doesn't come to it.
    followUps.run = async () => (++calls === 1 ? Promise.reject(new Error('killed')) : run());
    const jobs = test.queue.delayable(worker);
    const child = jobs.child();
    await jobs.slow(level).onDone(child).delay();
    await worker.begun.opened;
    worker.gate.open();
    await expect(test.queue.finished(child.uuid, { timeout: 10_000 })).resolves.toBe('ran');
  });

  it('makes the child wait where the parent was requeued before that', async () => {
    const { followUps } = test.get(Store);
    const run = followUps.run.bind(followUps);
    followUps.run = async () => Promise.resolve(false);
    const jobs = test.queue.delayable(worker);
    const [slow, child] = [jobs.slow(level), jobs.child()];
    await test.channels.configure('root.after', { paused: true });
    await slow.onDone(test.queue.delayable(worker, { channel: 'root.after' }).child(), child).delay();
    await worker.begun.opened;
    worker.gate.open();
    await test.queue.finished(slow.uuid, { timeout: 5_000 });
    if (level === 'READ COMMITTED') return;
    expect((await test.queue.find(child.uuid))?.state).toBe('wait_dependencies');
    await test.channels.pause('root');
    await test.queue.requeue(slow.uuid);
    await run();
    expect((await test.queue.find(child.uuid))?.state).toBe('wait_dependencies');
    await test.channels.resume('root');
    followUps.run = run;
    await expect(test.queue.finished(child.uuid, { timeout: 10_000 })).resolves.toBe('ran');
  });

  it("keeps what is called in a caller's transaction, graphs and keys included", async () => {
    const jobs = test.queue.delayable(worker, { identityKey: 'once' });
    let first: QueueJob | undefined;
    let second: QueueJob | undefined;
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      first = await test.queue.delayable(worker).child().onDone(jobs.child()).delay({ manager });
      second = await test.queue.withDelay(worker, { manager, identityKey: 'once' }).child();
    });
    expect(second?.deduplicated).toBe(true);
    await expect(test.queue.finished(first as QueueJob, { timeout: 5_000 })).resolves.toBe('ran');
    await expect(test.queue.finished(second as QueueJob, { timeout: 5_000 })).resolves.toBe('ran');
  });
});
