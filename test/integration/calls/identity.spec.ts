import { Injectable } from '@nestjs/common';
import {
  type DelayOptions,
  identityExact,
  Job,
  type JobState,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { tried } from '../../support/attempted.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async refresh(..._args: unknown[]): Promise<unknown> {
    return this.work();
  }

  @Job({ identityKey: ({ args }) => `order-${String(args[0])}` })
  async order(_id: number): Promise<void> {}
}

describe('an identity key', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let other: TestApplication;
  let worker: Worker;
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { url: database.url, providers: [Worker], logger: false as const };
    other = await startApplication({ ...options, options: { runner: false } });
    test = await startApplication({ ...options, options: { channels: 'closed:1:paused' } });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await other.close();
    await database.drop();
  });

  const freshKey = (): string => `key-${++number}`;
  const refresh = async (options: DelayOptions, ...args: unknown[]): Promise<QueueJob> =>
    test.queue.withDelay(worker, options).refresh(...args);
  const waiting = (identityKey: DelayOptions['identityKey'], ...args: unknown[]): Promise<QueueJob> =>
    refresh({ identityKey, channel: 'closed' }, ...args);
  const reaches = async (uuid: string, state: JobState): Promise<void> =>
    eventually(async () => expect((await test.queue.find(uuid))?.state).toBe(state));
  /** A job with the key whose method runs until the gate is opened. */
  const running = async (options: DelayOptions): Promise<{ job: QueueJob; gate: Gate }> => {
    const gate = new Gate();
    worker.work = () => gate.opened;
    const job = await refresh(options);
    await reaches(job.uuid, 'started');
    return { job, gate };
  };

  it('lets a second call get the job that waits, and stores nothing', async () => {
    const identityKey = freshKey();
    const first = await waiting(identityKey, 1);
    expect(first).toMatchObject({ deduplicated: false, identityKey });
    const before = await test.queue.counts();
    const second = await refresh({ identityKey, priority: 0 }, 2);
    expect(second).toMatchObject({ uuid: first.uuid, deduplicated: true, args: [1], priority: 10 });
    expect(await test.queue.counts()).toEqual(before);
    expect((await test.queue.findByIdentityKey(identityKey))?.uuid).toBe(first.uuid);
  });

  it('counts for a job that waits for its eta', async () => {
    const identityKey = freshKey();
    const first = await refresh({ identityKey, eta: '1h' });
    expect((await refresh({ identityKey })).uuid).toBe(first.uuid);
  });

  it('is made by a function of the name and the arguments', async () => {
    const keyOf: DelayOptions['identityKey'] = ({ name, args }) => `${name}/${String(args[0])}`;
    const first = await waiting(keyOf, 'a');
    expect(first.identityKey).toBe('Worker.refresh/a');
    expect((await waiting(keyOf, 'a', 2)).uuid).toBe(first.uuid);
    expect((await waiting(keyOf, 'b')).uuid).not.toBe(first.uuid);
  });

  it('is made by the function of @Job() where the call has none', async () => {
    const call = { channel: 'closed' };
    const first = await test.queue.withDelay(worker, call).order(7);
    expect(first.identityKey).toBe('order-7');
    expect((await test.queue.withDelay(worker, call).order(7)).uuid).toBe(first.uuid);
    expect((await test.queue.withDelay(worker, call).order(8)).uuid).not.toBe(first.uuid);
  });

  it('of the exact call knows no order of keys', async () => {
    const first = await waiting(identityExact, { a: 1, b: { c: [2], d: 3 } });
    expect((await waiting(identityExact, { b: { d: 3, c: [2] }, a: 1 })).uuid).toBe(first.uuid);
    expect((await waiting(identityExact, { a: 1, b: { c: [3], d: 3 } })).uuid).not.toBe(first.uuid);
    expect((await waiting(identityExact, { a: 1, b: { c: [2], d: 3 } }, 2)).uuid).not.toBe(first.uuid);
  });

  it('finds its job in the transaction of the caller, and is free where that is rolled back', async () => {
    const identityKey = freshKey();
    const rollback = new Error('rollback');
    const work = test.dataSource.transaction(async (manager) => {
      const first = await refresh({ identityKey, manager, channel: 'closed' });
      const second = await refresh({ identityKey, manager, channel: 'closed' });
      expect(second).toMatchObject({ uuid: first.uuid, deduplicated: true });
      throw rollback;
    });
    await expect(work).rejects.toBe(rollback);
    expect(await test.queue.findByIdentityKey(identityKey)).toBeNull();
    expect((await waiting(identityKey)).deduplicated).toBe(false);
  });

  it('is free as soon as the method runs, so that a call then is not swallowed', async () => {
    const identityKey = freshKey();
    const { job, gate } = await running({ identityKey });
    const second = await waiting(identityKey);
    expect(second.uuid).not.toBe(job.uuid);
    expect(second.deduplicated).toBe(false);
    gate.open();
    await test.queue.finished(job);
    expect((await waiting(identityKey)).uuid).toBe(second.uuid);
  });

  it('is free already when the method begins', async () => {
    const identityKey = freshKey();
    worker.work = () => test.queue.findByIdentityKey(identityKey);
    await expect(test.queue.finished(await refresh({ identityKey }))).resolves.toBeNull();
  });

  it('counts until the end of the job with the scope until_done', async () => {
    const identityKey = freshKey();
    const { job, gate } = await running({ identityKey, identityScope: 'until_done' });
    expect(await waiting(identityKey)).toMatchObject({
      uuid: job.uuid,
      deduplicated: true,
      state: 'started',
    });
    gate.open();
    await test.queue.finished(job);
    expect((await waiting(identityKey)).uuid).not.toBe(job.uuid);
  });

  it('is taken again by a job that waits for its next try', async () => {
    const identityKey = freshKey();
    worker.work = () => {
      throw new RetryableJobError('busy', { seconds: 600 });
    };
    const job = await tried(test.queue, await refresh({ identityKey }), 1);
    expect(await waiting(identityKey)).toMatchObject({ uuid: job.uuid, deduplicated: true, retry: 1 });
  });

  it('stays with a job that has taken it meanwhile, and that which is tried again goes on without', async () => {
    const identityKey = freshKey();
    const gate = new Gate();
    let tries = 0;
    worker.work = async () => {
      await gate.opened;
      if (++tries === 1) throw new RetryableJobError('busy', { seconds: 0 });
      return tries;
    };
    const job = await refresh({ identityKey });
    await reaches(job.uuid, 'started');
    const second = await waiting(identityKey);
    gate.open();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(2);
    expect((await test.queue.findByIdentityKey(identityKey))?.uuid).toBe(second.uuid);
  });

  it('is free once its job is cancelled, failed or set done, and taken again by a requeue', async () => {
    const identityKey = freshKey();
    const { uuid } = await waiting(identityKey);
    await test.queue.cancel(uuid);
    const second = await waiting(identityKey);
    expect(second.uuid).not.toBe(uuid);
    await test.queue.setDone(second.uuid);
    await test.queue.requeue(uuid);
    expect((await waiting(identityKey)).uuid).toBe(uuid);
  });

  it('leaves one row of 500 calls at once by two applications, and all get its uuid', async () => {
    const identityKey = freshKey();
    const jobs = await Promise.all(
      Array.from({ length: 500 }, (_, at) =>
        (at % 2 === 0 ? test : other).queue.withDelay(Worker, { identityKey, channel: 'closed' }).refresh(at),
      ),
    );
    expect(new Set(jobs.map(({ uuid }) => uuid)).size).toBe(1);
    expect(jobs.filter(({ deduplicated }) => deduplicated === false).length).toBe(1);
    const rows = await test.queue.list({ limit: 1_000 });
    expect(rows.filter((job) => job.identityKey === identityKey).length).toBe(1);
  });

  it('given twice to delayAll leaves one job, which both are answered with', async () => {
    const build = (key: string) => test.queue.delayable(worker, { identityKey: key }).refresh();
    for (let round = 0; round < 20; round += 1) {
      const key = freshKey();
      const jobs = await test.queue.delayAll([build(key), build(`${key}/other`), build(key)]);
      expect(jobs[2]?.uuid).toBe(jobs[0]?.uuid);
      expect(jobs.map((job) => job.deduplicated)).toEqual([false, false, true]);
      expect(jobs[1]?.uuid).not.toBe(jobs[0]?.uuid);
    }
  });
});
