import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import {
  chain,
  type DelayOptions,
  IdentityTakenError,
  InvalidJobOptionError,
  Job,
  type JobState,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;
  readonly ran: unknown[][] = [];

  @Job()
  async refresh(...args: unknown[]): Promise<unknown> {
    this.ran.push(args);
    return this.work();
  }

  @Job()
  async other(): Promise<void> {}

  @Job({ identityKey: 'declared', onDuplicate: 'replace' })
  async declared(_value: number): Promise<void> {}
}

describe('a key whose newest call counts', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let other: TestApplication;
  let worker: Worker;
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = { url: database.url, providers: [Worker], logger: false as const };
    const codec = { encrypt: { keys: [{ id: 'k1', key: randomBytes(32) }] } };
    other = await startApplication({ ...shared, options: { runner: false, codec } });
    test = await startApplication({ ...shared, options: { channels: 'closed:1:paused', codec } });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await other.close();
    await database.drop();
  });

  beforeEach(() => {
    worker.work = () => undefined;
    worker.ran.length = 0;
  });

  const freshKey = (): string => `key-${++number}`;
  const call = async (options: DelayOptions, ...args: unknown[]): Promise<QueueJob> =>
    test.queue.withDelay(worker, options).refresh(...args);
  const replacing = (identityKey: string, more: DelayOptions = {}): DelayOptions => ({
    identityKey,
    onDuplicate: 'replace',
    channel: 'closed',
    ...more,
  });
  const find = async ({ uuid }: QueueJob): Promise<QueueJob> => (await test.queue.find(uuid)) as QueueJob;
  const reaches = async (job: QueueJob, state: JobState): Promise<void> =>
    eventually(async () => expect((await find(job)).state).toBe(state));

  it('gives the waiting job what the second call says or defaults to, and keeps its uuid and place', async () => {
    const key = freshKey();
    const first = await call(replacing(key, { priority: 3, tags: ['a'], maxRetries: 9, eta: '1h' }), 'old');
    expect(first).toMatchObject({ replaced: false, deduplicated: false });
    const second = await call(replacing(key, { description: 'newer' }), 'new');
    expect(second).toMatchObject({
      uuid: first.uuid,
      seq: first.seq,
      replaced: true,
      deduplicated: false,
      args: ['new'],
      description: 'newer',
      priority: 10,
      tags: [],
      maxRetries: 5,
      eta: null,
      state: 'pending',
    });
    expect(await find(first)).toMatchObject({ args: ['new'], dateCreated: first.dateCreated });
    expect(await test.queue.list({ name: 'Worker.refresh', channel: 'closed' })).toHaveLength(1);
    await test.queue.cancel(first.uuid);
  });

  it('stores another job once a node has claimed the first', async () => {
    const key = freshKey();
    const gate = new Gate();
    worker.work = () => gate.opened;
    const first = await call(replacing(key, { channel: 'root' }), 1);
    await reaches(first, 'started');
    const second = await call(replacing(key), 2);
    expect(second).toMatchObject({ replaced: false });
    expect(second.uuid).not.toBe(first.uuid);
    gate.open();
    await test.queue.finished(first);
    expect(worker.ran).toEqual([[1]]);
    await test.queue.cancel(second.uuid);
  });

  it('clears the attempts and the error of one that waits for its next attempt', async () => {
    const key = freshKey();
    worker.work = () => {
      throw new RetryableJobError('later', { seconds: 3_600 });
    };
    const first = await call(replacing(key, { channel: 'root' }), 1);
    await eventually(async () => expect(await find(first)).toMatchObject({ state: 'pending', retry: 1 }));
    worker.work = () => undefined;
    const second = await call(replacing(key, { channel: 'root' }), 2);
    expect(second).toMatchObject({ uuid: first.uuid, replaced: true });
    await test.queue.finished(second);
    expect(await find(second)).toMatchObject({ args: [2], retry: 1, excName: null, excMessage: null });
  });

  it('replaces a job that waits for its parents, and keeps its graph', async () => {
    const key = freshKey();
    const build = test.queue.delayable(worker, { channel: 'closed' });
    const [parent, child] = (await chain(
      build.refresh('parent'),
      test.queue.delayable(worker, { identityKey: key }).refresh('old'),
    ).delay()) as [QueueJob, QueueJob];
    const replaced = await call(replacing(key, { channel: 'root' }), 'new');
    expect(replaced).toMatchObject({
      uuid: child.uuid,
      state: 'wait_dependencies',
      graphUuid: child.graphUuid,
    });
    await expect(
      test.dataSource.transaction(async (manager) => call(replacing(key, { manager }), 'inside')),
    ).rejects.toThrow(IdentityTakenError);
    await test.queue.setDone(parent.uuid);
    await test.queue.finished(child);
    expect(worker.ran).toEqual([['new']]);
  });

  it('refuses a key that a job of another name has, and answers with that job where it is to be kept', async () => {
    const key = freshKey();
    const holder = await test.queue.withDelay(worker, { identityKey: key, channel: 'closed' }).other();
    const refused = call(replacing(key), 1);
    await expect(refused).rejects.toThrow(IdentityTakenError);
    await expect(refused).rejects.toMatchObject({ code: 'IDENTITY_TAKEN' });
    await expect(refused).rejects.toThrow(`is taken by job ${holder.uuid} of Worker.other`);
    expect(await call({ identityKey: key })).toMatchObject({ uuid: holder.uuid, deduplicated: true });
    // Alone: other calls of the same statement are stored.
    const [bad, good] = await Promise.allSettled([call(replacing(key), 1), call(replacing(freshKey()), 2)]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    await test.queue.cancel(holder.uuid);
  });

  it('is stored and rolled back with the transaction of the caller', async () => {
    const key = freshKey();
    const first = await call(replacing(key), 'kept');
    await expect(
      test.dataSource.transaction(async (manager) => {
        const inside = await call(replacing(key, { manager }), 'rolled back');
        expect(inside).toMatchObject({ uuid: first.uuid, replaced: true, args: ['rolled back'] });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await find(first)).toMatchObject({ args: ['kept'] });
    await test.dataSource.transaction(async (manager) => call(replacing(key, { manager }), 'committed'));
    expect(await find(first)).toMatchObject({ args: ['committed'] });
    await test.queue.cancel(first.uuid);
  });

  it.each(['REPEATABLE READ', 'SERIALIZABLE'] as const)(
    'refuses in %s to change what was changed since its snapshot',
    async (isolation) => {
      const key = freshKey();
      const first = await call(replacing(key), 'first');
      const stale = test.dataSource.transaction(isolation, async (manager) => {
        await manager.query('SELECT 1 FROM queue_job LIMIT 1');
        await other.queue.withDelay(Worker, replacing(key)).refresh('second');
        return call(replacing(key, { manager }), 'stale');
      });
      await expect(stale).rejects.toMatchObject({ code: '40001' });
      expect(await find(first)).toMatchObject({ args: ['second'] });
      await test.dataSource.transaction(isolation, async (manager) =>
        call(replacing(key, { manager }), 'third'),
      );
      expect(await find(first)).toMatchObject({ args: ['third'] });
      await test.queue.cancel(first.uuid);
    },
  );

  it('waits for another transaction that has just replaced it, and comes after that', async () => {
    const key = freshKey();
    const first = await call(replacing(key), 1);
    const gate = new Gate();
    const replaced = new Gate();
    const holds = test.dataSource.transaction(async (manager) => {
      await call(replacing(key, { manager }), 2);
      replaced.open();
      await gate.opened;
    });
    await replaced.opened;
    const later = [3, 4, 5].map(async (value) =>
      other.queue.withDelay(Worker, replacing(key)).refresh(value),
    );
    // Calls with other keys wait for nobody.
    const free = await other.queue.withDelay(Worker, replacing(freshKey())).refresh('free');
    gate.open();
    await holds;
    for (const job of await Promise.all(later)) expect(job.uuid).toBe(first.uuid);
    expect((await find(first)).args).toEqual([5]);
    await test.queue.cancel(free.uuid);
    await test.queue.cancel(first.uuid);
  });

  it('is what @Job() says where the call says nothing', async () => {
    const options = { channel: 'closed' };
    const first = await test.queue.withDelay(worker, options).declared(1);
    const second = await test.queue.withDelay(worker, options).declared(2);
    expect(second).toMatchObject({ uuid: first.uuid, replaced: true, args: [2] });
    expect(await test.queue.withDelay(worker, { onDuplicate: 'keep' }).declared(3)).toMatchObject({
      deduplicated: true,
      args: [2],
    });
    const built = test.queue.delayable(worker, options);
    const [one, two] = await test.queue.delayAll([built.declared(4), built.declared(5)]);
    expect([one?.uuid, two?.uuid]).toEqual([first.uuid, first.uuid]);
    expect(await find(first)).toMatchObject({ args: [5] });
  });

  it('is refused in graphs and batches, and nothing is stored', async () => {
    const before = await test.queue.counts();
    const build = test.queue.delayable(worker);
    const member = test.queue.delayable(worker, replacing(freshKey()));
    await expect(chain(build.refresh(), member.refresh()).delay()).rejects.toThrow(InvalidJobOptionError);
    await expect(
      test.batches.create('b', { jobs: [test.queue.delayable(worker, replacing(freshKey())).refresh()] }),
    ).rejects.toThrow("onDuplicate: 'replace'");
    expect(await test.queue.counts()).toEqual(before);
  });

  describe('debounced', () => {
    const debounced = (identityKey: string, more: DelayOptions = {}): DelayOptions => ({
      identityKey,
      onDuplicate: 'debounce',
      eta: '1h',
      ...more,
    });

    it('starts its eta after the newest call', async () => {
      const key = freshKey();
      const first = await call(debounced(key), 1);
      const second = await call(debounced(key, { eta: '2h' }), 2);
      expect(second).toMatchObject({ uuid: first.uuid, replaced: true });
      expect((second.eta as Date).getTime()).toBeGreaterThanOrEqual(
        (first.eta as Date).getTime() + 3_600_000,
      );
      const third = await call(debounced(key, { eta: '1 ms' }), 3);
      await test.queue.finished(third);
      expect(worker.ran).toEqual([[3]]);
    });

    it('starts no later than maxWait after the first call', async () => {
      const key = freshKey();
      const first = await call(debounced(key, { maxWait: '90 min' }), 1);
      const second = await call(debounced(key, { eta: '80 min', maxWait: '90 min' }), 2);
      expect((second.eta as Date).getTime() - first.dateCreated.getTime()).toBeLessThanOrEqual(90 * 60_000);
      await test.dataSource.query(
        `UPDATE queue_job SET date_created = date_created - interval '85 minutes' WHERE uuid = $1`,
        [first.uuid],
      );
      const third = await call(debounced(key, { eta: '80 min', maxWait: '90 min' }), 3);
      expect((third.eta as Date).getTime() - third.dateCreated.getTime()).toBe(90 * 60_000);
      // What is past its longest wait runs at once.
      await test.dataSource.query(
        `UPDATE queue_job SET date_created = date_created - interval '85 minutes' WHERE uuid = $1`,
        [first.uuid],
      );
      await test.queue.finished(await call(debounced(key, { maxWait: '90 min' }), 4));
      expect(worker.ran).toEqual([[4]]);
    });

    it('is one job with the newest arguments, however many call at once', async () => {
      const key = freshKey();
      const options = debounced(key, { eta: '1 s', maxWait: '5 s' });
      const jobs = await Promise.all(
        Array.from({ length: 500 }, async (_, at) =>
          (at % 2 === 0 ? test : other).queue.withDelay(Worker, options).refresh(at),
        ),
      );
      expect(new Set(jobs.map(({ uuid }) => uuid)).size).toBe(1);
      await test.queue.finished(jobs[0] as QueueJob);
      expect(worker.ran).toHaveLength(1);
      // The last of one of the two processes.
      expect([498, 499]).toContain(worker.ran[0]?.[0]);
    });
  });

  describe('with a window', () => {
    const windowed = (identityKey: string, window: string | number = '1h'): DelayOptions => ({
      identityKey,
      identityScope: { window },
    });

    it('counts from the first call for so long, whatever became of its job', async () => {
      const key = freshKey();
      const first = await call(windowed(key), 1);
      await test.queue.finished(first);
      expect(await call(windowed(key), 2)).toMatchObject({
        uuid: first.uuid,
        deduplicated: true,
        state: 'done',
      });
      expect(await test.queue.findByIdentityKey(key)).toMatchObject({ uuid: first.uuid });
      await test.dataSource.query(`UPDATE queue_job_key SET until = clock_timestamp() WHERE key = $1`, [key]);
      const next = await call(windowed(key), 3);
      expect(next).toMatchObject({ deduplicated: false });
      await test.queue.finished(next);
      expect(worker.ran).toEqual([[1], [3]]);
    });

    it('ends with the job that is deleted, and with releaseKey()', async () => {
      const key = freshKey();
      const first = await call(windowed(key), 1);
      await test.queue.finished(first);
      await test.queue.delete(first.uuid);
      const second = await call(windowed(key), 2);
      expect(second.deduplicated).toBe(false);
      await test.queue.finished(second);
      expect(await test.queue.releaseKey(key)).toBe(true);
      expect(await test.queue.releaseKey(key)).toBe(false);
      expect((await call(windowed(key), 3)).deduplicated).toBe(false);
    });

    it('gives the job that waits with the key by itself', async () => {
      const key = freshKey();
      const waiting = await call({ identityKey: key, channel: 'closed' }, 1);
      expect(await call(windowed(key), 2)).toMatchObject({ uuid: waiting.uuid, deduplicated: true });
      await test.queue.cancel(waiting.uuid);
      expect(await call(windowed(key), 3)).toMatchObject({ uuid: waiting.uuid, deduplicated: true });
    });

    it('is one job of a thousand calls from two processes, and none of a transaction that is rolled back', async () => {
      const key = freshKey();
      await expect(
        test.dataSource.transaction(async (manager) => {
          await call({ ...windowed(key), manager }, 'rolled back');
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      const jobs = await Promise.all(
        Array.from({ length: 1_000 }, async (_, at) =>
          (at % 2 === 0 ? test : other).queue.withDelay(Worker, windowed(key)).refresh(at),
        ),
      );
      expect(new Set(jobs.map(({ uuid }) => uuid)).size).toBe(1);
      expect(jobs.filter(({ deduplicated }) => deduplicated === false)).toHaveLength(1);
      await test.queue.finished(jobs[0] as QueueJob);
      expect(worker.ran).toHaveLength(1);
    });
  });

  it('is released from a job that waits, which goes on without', async () => {
    const key = freshKey();
    const first = await call({ identityKey: key, channel: 'closed' }, 1);
    expect(await test.queue.releaseKey(key)).toBe(true);
    expect((await call({ identityKey: key, channel: 'closed' }, 2)).uuid).not.toBe(first.uuid);
    expect(await find(first)).toMatchObject({ state: 'pending', identityKey: key });
  });
});
