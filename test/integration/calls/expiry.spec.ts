import { Injectable } from '@nestjs/common';
import {
  chain,
  ChannelService,
  type DelayOptions,
  Job,
  JobCancelledError,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  readonly ran: string[] = [];
  gate = new Gate();

  @Job()
  async note(name: string): Promise<void> {
    this.ran.push(name);
  }

  @Job()
  async hold(): Promise<void> {
    await this.gate.opened;
  }

  @Job({ retryPattern: { 1: 3_600 } })
  async fail(): Promise<void> {
    throw new RetryableJobError('again');
  }

  @Job({ startBefore: '1 s' })
  async soon(): Promise<void> {}
}

describe('a job that must begin before a moment', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused,narrow:1', runner: { concurrency: 4 } },
    });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    worker.gate.open();
    await test.close();
    await database.drop();
  });

  const note = async (name: string, options: DelayOptions): Promise<QueueJob> =>
    test.queue.withDelay(worker, options).note(name);
  const expires = async ({ uuid }: QueueJob): Promise<QueueJob> =>
    eventually(async () => {
      const job = (await test.queue.find(uuid)) as QueueJob;
      expect(job).toMatchObject({ state: 'cancelled', result: 'Expired', dateStarted: null });
      return job;
    });
  /** Whatever the sweep does: as if it had not come yet. */
  const outlive = async ({ uuid }: QueueJob): Promise<unknown> =>
    test.dataSource.query(
      `UPDATE queue_job SET start_before = clock_timestamp() - interval '1 second' WHERE uuid = $1`,
      [uuid],
    );

  it('runs where it begins in time', async () => {
    const job = await note('in time', { startBefore: '1h' });
    expect(job.startBefore?.getTime()).toBe(job.dateCreated.getTime() + 3_600_000);
    await test.queue.finished(job);
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'done', startBefore: expect.any(Date) });
  });

  it('is cancelled where its channel lets it through too late, and with it what waits for it alone', async () => {
    const jobs = test.queue.delayable(worker, { channel: 'closed', startBefore: '1 s' });
    const [first, second] = (await chain(
      jobs.note('late'),
      test.queue.delayable(worker).note('child'),
    ).delay()) as [QueueJob, QueueJob];
    const finished = test.queue.finished(first);
    await expect(finished).rejects.toThrow(JobCancelledError);
    await expect(finished).rejects.toThrow('Expired');
    expect(await expires(first)).toMatchObject({ retry: 0 });
    expect(await test.queue.find(second.uuid)).toMatchObject({
      state: 'cancelled',
      result: 'Cancelled with its parents',
    });
    await test.get(ChannelService).resume('closed');
    await test.queue.finished(await note('after', { channel: 'closed' }));
    await test.get(ChannelService).pause('closed');
    expect(worker.ran).toContain('after');
    expect(worker.ran).not.toContain('late');
    expect(worker.ran).not.toContain('child');
  });

  it('expires while it waits for its eta, its parents, or its next attempt', async () => {
    const jobs = test.queue.delayable(worker);
    const failing = await test.queue.withDelay(worker, { startBefore: '2 s' }).fail();
    const blocked = jobs.hold();
    const [, child] = (await chain(
      blocked,
      test.queue.delayable(worker, { startBefore: '1 s' }).note('orphan'),
    ).delay()) as [QueueJob, QueueJob];
    const eta = await note('eta', { eta: '500 ms', channel: 'closed', startBefore: '1 s' });
    await expires(child);
    await expires(eta);
    await eventually(async () =>
      expect(await test.queue.find(failing.uuid)).toMatchObject({
        state: 'cancelled',
        result: 'Expired',
        retry: 1,
      }),
    );
    expect(await test.queue.find(failing.uuid)).toMatchObject({ excMessage: 'again' });
  });

  it('is never begun late, though a node has it by then', async () => {
    // Each attempt begins with the node's own look, since a claim looks at no `start_before`.
    const jobs = await Promise.all(
      Array.from({ length: 20 }, async (_, at) =>
        note(`raced ${at}`, { startBefore: '1h', channel: 'closed' }),
      ),
    );
    for (const job of jobs) await outlive(job);
    await test.get(ChannelService).resume('closed');
    for (const job of jobs) await expires(job);
    await test.get(ChannelService).pause('closed');
    expect(worker.ran.filter((name) => name.startsWith('raced'))).toEqual([]);
  });

  it('counts from the call where @Job() says so, and from the eta of a call that has one', async () => {
    const job = await test.queue.withDelay(worker, { channel: 'closed' }).soon();
    expect(job.startBefore?.getTime()).toBe(job.dateCreated.getTime() + 1_000);
    await expires(job);
    const later = await test.queue.withDelay(worker, { eta: '1h' }).soon();
    expect((await test.queue.find(later.uuid))?.startBefore?.getTime()).toBeGreaterThan(
      Date.now() + 3_600_000,
    );
  });

  it('begins whenever it may once it is requeued', async () => {
    const job = await note('requeued', { channel: 'closed', startBefore: '1 s' });
    await expires(job);
    expect(await test.queue.requeue(job.uuid)).toMatchObject({ state: 'pending', startBefore: null });
  });

  it('lets what comes after it in a sequential channel begin', async () => {
    await test.get(ChannelService).configure('line', { capacity: 1, sequential: true });
    await test.get(ChannelService).pause('line');
    const first = await note('first in line', { channel: 'line', startBefore: '1h' });
    const second = await note('second in line', { channel: 'line' });
    await outlive(first);
    await test.get(ChannelService).resume('line');
    await test.queue.finished(second);
    await expires(first);
  });
});
