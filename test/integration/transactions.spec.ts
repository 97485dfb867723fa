import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  currentJob,
  InvalidJobOptionError,
  Job,
  NothingToDoJob,
  QueueService,
  type QueueJob,
} from '../../lib/index.js';
import { type TestApplication, startApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';

@Injectable()
class Worker {
  readonly began = new Map<number, number>();
  work: (manager: EntityManager) => unknown = () => undefined;

  constructor(readonly queue: QueueService) {}

  @Job()
  async note(number: number): Promise<void> {
    this.began.set(number, performance.now());
  }

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    return this.work(currentJob().manager);
  }

  @Job()
  async loose(): Promise<unknown> {
    return this.work(currentJob().manager);
  }
}

describe('a job in a transaction', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused' },
      logger: false,
    });
    worker = test.get(Worker);
    await test.dataSource.query('CREATE TABLE effect (number integer)');
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const note = async (manager: EntityManager, at: number): Promise<QueueJob> =>
    test.queue.withDelay(worker, { manager }).note(at);
  const write = async (manager: EntityManager, at: number): Promise<void> => {
    await manager.query('INSERT INTO effect VALUES ($1)', [at]);
  };
  const effects = async (at: number): Promise<number> =>
    ((await test.dataSource.query('SELECT FROM effect WHERE number = $1', [at])) as unknown[]).length;
  const stateOf = async ({ uuid }: QueueJob): Promise<string | undefined> =>
    (await test.queue.find(uuid))?.state;
  const ended = async (job: QueueJob, state: string): Promise<void> =>
    eventually(async () => expect(await stateOf(job)).toBe(state));
  const start = async (work: (manager: EntityManager, at: number) => unknown, method: 'whole' | 'loose') => {
    const at = ++number;
    worker.work = (manager) => work(manager, at);
    return { at, job: await test.queue.withDelay(worker)[method]() };
  };

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
    await test.queue.finished(outer as QueueJob, { timeout: 1_000 });
    await test.queue.finished(kept as QueueJob, { timeout: 1_000 });
    expect(await test.queue.find((inner as QueueJob).uuid)).toBeNull();
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
    const elsewhere = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const before = await test.queue.counts();
    await expect(note(elsewhere.manager, 0)).rejects.toThrow(InvalidJobOptionError);
    await expect(note(elsewhere.manager, 0)).rejects.toThrow('manager is that of another data source');
    expect(await test.queue.counts()).toEqual(before);
    await elsewhere.destroy();
  });

  it('that is transactional is done together with its effect', async () => {
    const gate = new Gate();
    const written = new Gate();
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      written.open();
      await gate.opened;
      return 'written';
    }, 'whole');
    await written.opened;
    expect(await effects(at)).toBe(0);
    gate.open();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('written');
    expect(await effects(at)).toBe(1);
    const [row] = (await test.dataSource.query(
      `SELECT h.xmin::text = e.xmin::text AS together FROM queue_job_history h, effect e WHERE h.uuid = $1 AND e.number = $2`,
      [job.uuid, at],
    )) as [{ together: boolean }];
    expect(row.together).toBe(true);
  });

  it.each([
    ['fails', new Error('no'), 'failed'],
    ['has nothing to do', new NothingToDoJob('Nothing new'), 'done'],
  ])('that is transactional leaves no effect and no job where it %s', async (_, thrown, state) => {
    let enqueued: QueueJob | undefined;
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      enqueued = await worker.queue.withDelay(worker).note(0);
      throw thrown;
    }, 'whole');
    await ended(job, state);
    expect(await effects(at)).toBe(0);
    expect(await test.queue.find((enqueued as QueueJob).uuid)).toBeNull();
  });

  it('that a transactional job enqueues is there when that one is done', async () => {
    const gate = new Gate();
    const mark = ++number;
    let enqueued: QueueJob | undefined;
    const { job } = await start(async () => {
      enqueued = await worker.queue.withDelay(worker).note(mark);
      expect(await stateOf(enqueued)).toBeUndefined();
      await gate.opened;
    }, 'whole');
    await eventually(() => expect(enqueued).toBeDefined());
    gate.open();
    await test.queue.finished(job, { timeout: 5_000 });
    await test.queue.finished(enqueued as QueueJob, { timeout: 5_000 });
    expect(worker.began.has(mark)).toBe(true);
  });

  it('that a plain job enqueues is there at once', async () => {
    const { job } = await start(async () => {
      const enqueued = await worker.queue.withDelay(worker, { channel: 'closed' }).note(0);
      return stateOf(enqueued);
    }, 'loose');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('pending');
  });

  it('that is transactional leaves no effect where it is cancelled while it runs', async () => {
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      const { signal } = currentJob();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }, 'whole');
    await ended(job, 'started');
    await test.queue.cancel(job.uuid, { by: 'Ada' });
    await ended(job, 'cancelled');
    expect(await effects(at)).toBe(0);
  });

  it('that is transactional and postpones itself keeps its effect', async () => {
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      currentJob().postpone(600);
    }, 'whole');
    await eventually(async () => expect(await effects(at)).toBe(1));
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'pending', retry: 0 });
  });
});
