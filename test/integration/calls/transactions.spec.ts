import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InvalidJobOptionError, Job, type QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Worker {
  readonly began = new Map<number, number>();

  @Job()
  async note(number: number): Promise<void> {
    this.began.set(number, performance.now());
  }
}

describe('a job in a transaction', () => {
  const test = useApplication({
    providers: [Worker],
    logger: false,
  });
  let worker: Worker;
  let number = 0;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const note = async (manager: EntityManager, at: number): Promise<QueueJob> =>
    test.queue.withDelay(worker, { manager }).note(at);

  it('is there once the transaction has committed, and runs', async () => {
    const at = ++number;
    const job = await test.dataSource.transaction(async (manager) => {
      const stored = await note(manager, at);
      expect(await test.queue.find(stored.uuid)).toBeNull();
      return stored;
    });
    await test.queue.finished(job, { timeout: 5_000 });
    expect(worker.began.has(at)).toBe(true);
  });

  it('is gone with the transaction that is rolled back', async () => {
    const at = ++number;
    let job: QueueJob | undefined;
    const work = test.dataSource.transaction(async (manager) => {
      job = await note(manager, at);
      throw new Error('rollback');
    });
    await expect(work).rejects.toThrow('rollback');
    expect(await test.queue.find((job as QueueJob).uuid)).toBeNull();
  });

  it('begins within 50 ms of the commit of an idle system, and not before it', async () => {
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const at = ++number;
      const job = await test.dataSource.transaction(async (manager) => {
        const stored = await note(manager, at);
        // Another job of after this one has run by now: this one could have.
        await test.queue.finished(await test.queue.withDelay(worker).note(0), { timeout: 5_000 });
        expect(worker.began.has(at)).toBe(false);
        return stored;
      });
      const committed = performance.now();
      await test.queue.finished(job, { timeout: 5_000 });
      waits.push((worker.began.get(at) as number) - committed);
    }
    expect(Math.min(...waits)).toBeLessThan(50);
  });

  it('is gone with the nested transaction that is rolled back, and stays with the outer one', async () => {
    const [outer, inner, kept] = await test.dataSource.transaction(async (manager) => {
      const first = await note(manager, ++number);
      let second: QueueJob | undefined;
      const nested = manager.transaction(async (below) => {
        second = await note(below, ++number);
        throw new Error('rollback');
      });
      await expect(nested).rejects.toThrow('rollback');
      const third = await manager.transaction(async (below) => note(below, ++number));
      return [first, second as QueueJob, third];
    });
    await test.queue.finished(outer, { timeout: 1_000 });
    await test.queue.finished(kept, { timeout: 1_000 });
    expect(await test.queue.find(inner.uuid)).toBeNull();
  });

  it('knows a transaction that a query runner has begun', async () => {
    const runner = test.dataSource.createQueryRunner();
    await runner.startTransaction();
    const job = await note(runner.manager, ++number);
    expect(await test.queue.find(job.uuid)).toBeNull();
    await runner.commitTransaction();
    await runner.release();
    await test.queue.finished(job, { timeout: 1_000 });
  });

  it('is stored at once by a manager without a transaction', async () => {
    await test.queue.finished(await note(test.dataSource.manager, ++number), { timeout: 1_000 });
  });

  it('refuses the manager of another data source', async () => {
    const elsewhere = await new DataSource({ type: 'postgres', url: test.url }).initialize();
    const before = await test.queue.counts();
    await expect(note(elsewhere.manager, 0)).rejects.toThrow(InvalidJobOptionError);
    await expect(note(elsewhere.manager, 0)).rejects.toThrow('manager is that of another data source');
    expect(await test.queue.counts()).toEqual(before);
    await elsewhere.destroy();
  });
});
