import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type Batch,
  currentJob,
  group,
  Job,
  type QueueJob,
  QueueService,
  TransactionEndedError,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Worker {
  /** Runs something in the async context of the job that made it, however long ago. */
  resource: AsyncResource | undefined;
  during: () => unknown = () => undefined;

  constructor(readonly queue: QueueService) {}

  @Job()
  async note(_at: number): Promise<void> {}

  @Job({ transactional: true })
  async open(): Promise<void> {
    this.resource = new AsyncResource('shared');
    await this.during();
  }
}

describe('a transaction that has ended', () => {
  const test = useApplication({
    providers: [Worker],
    // One connection, so that it is a stranger's by the time that it is used again.
    dataSource: { poolSize: 1 },
    options: { channels: 'held:1:paused' },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const stale = async (): Promise<EntityManager> => {
    let left: EntityManager | undefined;
    await test.dataSource.transaction(async (manager) => {
      left = manager;
      await manager.query('SELECT 1');
    });
    return left as EntityManager;
  };

  /** What happens while somebody else is in the middle of a transaction, which is rolled back in the end. */
  const besideAStranger = async <T>(work: () => Promise<T>): Promise<T> => {
    const runner = test.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT 1');
    try {
      return await work();
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  };

  const stored = async (): Promise<number> => {
    const [row] = await test.dataSource.query<[{ count: string }]>(
      `SELECT (SELECT count(*) FROM queue_job) + (SELECT count(*) FROM queue_job_batch) AS count`,
    );
    return Number(row.count);
  };

  const options = { channel: 'held' };
  const calls: [string, (manager: EntityManager) => Promise<unknown>][] = [
    ['a call', (manager) => worker.queue.withDelay(worker, { ...options, manager }).note(1)],
    [
      'a call with an identity key',
      (manager) => worker.queue.withDelay(worker, { ...options, manager, identityKey: 'k' }).note(1),
    ],
    ['a call by name', (manager) => worker.queue.enqueue('Worker.note', [1], { ...options, manager })],
    [
      'many calls',
      (manager) => {
        const jobs = worker.queue.delayable(worker, options);
        return worker.queue.delayAll([jobs.note(1), jobs.note(2)], { manager });
      },
    ],
    [
      'a graph',
      (manager) => {
        const jobs = worker.queue.delayable(worker, options);
        return group(jobs.note(1), jobs.note(2)).onDone(jobs.note(3)).delay({ manager });
      },
    ],
    ['a batch', (manager) => test.batches.create('late', { manager })],
    [
      'a call that runs at once',
      (manager) => worker.queue.withDelay(worker, { ...options, manager, noDelay: true }).note(1),
    ],
  ];

  it.each(calls)('refuses %s, and nothing is stored', async (_, call) => {
    const manager = await stale();
    const before = await stored();
    const refused = besideAStranger(() => call(manager));
    await expect(refused).rejects.toThrow(TransactionEndedError);
    await expect(refused).rejects.toThrow('manager is that of a transaction that has ended');
    expect(await stored()).toBe(before);
  });

  it('refuses members and the close of a batch', async () => {
    const batch: Batch = await test.batches.create('open');
    const manager = await stale();
    const jobs = worker.queue.delayable(worker, options);
    await expect(batch.add([jobs.note(1)], { manager })).rejects.toThrow(TransactionEndedError);
    await expect(batch.close({ manager })).rejects.toThrow(TransactionEndedError);
    expect(await batch.progress()).toMatchObject({ state: 'open', total: 0 });
  });

  it.each(['commitTransaction', 'rollbackTransaction'] as const)(
    'of a query runner that lives on after its %s() is refused as well',
    async (end) => {
      const runner = test.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner[end]();
      await expect(
        worker.queue.withDelay(worker, { ...options, manager: runner.manager }).note(1),
      ).rejects.toThrow(TransactionEndedError);
      await runner.startTransaction();
      const job = await worker.queue.withDelay(worker, { ...options, manager: runner.manager }).note(1);
      await runner.commitTransaction();
      await runner.release();
      expect((await test.queue.find(job.uuid))?.state).toBe('pending');
    },
  );

  it('refuses a call that was made in it and is late for its end', async () => {
    const before = await stored();
    let late: Promise<QueueJob> | undefined;
    await test.dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1');
      // Its channel is unknown, so it needs a moment before its INSERT.
      late = worker.queue.withDelay(worker, { channel: 'held.new', manager }).note(1);
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow(TransactionEndedError);
    expect(await stored()).toBe(before);
  });

  it('of a job is left behind: a call from its context has a transaction of its own', async () => {
    await test.queue.finished(await test.queue.withDelay(worker).open(), { timeout: 5_000 });
    const shared = worker.resource as AsyncResource;
    const job = await besideAStranger(async () =>
      shared.runInAsyncScope(async () => worker.queue.withDelay(worker, options).note(1)),
    );
    expect((await test.queue.find(job.uuid))?.state).toBe('pending');
    const jobs = worker.queue.delayable(worker, options);
    const chained = await besideAStranger(async () =>
      shared.runInAsyncScope(async () => jobs.note(1).onDone(jobs.note(2)).delay()),
    );
    expect((await test.queue.find(chained.uuid))?.state).toBe('pending');
    const batch = await besideAStranger(async () =>
      shared.runInAsyncScope(async () => test.batches.create('late')),
    );
    expect(await batch.progress()).toMatchObject({ state: 'open' });
  });

  it('of a job that failed is left behind as well', async () => {
    worker.during = () => {
      throw new Error('no');
    };
    await expect(
      test.queue.finished(await test.queue.withDelay(worker).open(), { timeout: 5_000 }),
    ).rejects.toThrow('no');
    const job = await (worker.resource as AsyncResource).runInAsyncScope(async () =>
      worker.queue.withDelay(worker, options).note(1),
    );
    expect((await test.queue.find(job.uuid))?.state).toBe('pending');
  });

  it('is that of the job while that runs', async () => {
    let inside: QueueJob | undefined;
    worker.during = async () => {
      inside = await worker.queue.withDelay(worker, options).note(1);
      const [row] = await currentJob().manager.query<[{ count: string }]>(
        'SELECT count(*) FROM queue_job WHERE uuid = $1',
        [inside.uuid],
      );
      expect(row.count).toBe('1');
      throw new Error('rolled back');
    };
    await expect(
      test.queue.finished(await test.queue.withDelay(worker).open(), { timeout: 5_000 }),
    ).rejects.toThrow('rolled back');
    expect(await test.queue.find((inside as QueueJob).uuid)).toBeNull();
  });
});
