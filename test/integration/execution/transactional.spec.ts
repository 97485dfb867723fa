import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { currentJob, Job, NothingToDoJob, QueueService, type QueueJob } from '../../../lib/index.js';
import { aborted } from '../../support/aborted.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

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

  @Job({ transactional: true, timeout: 60 })
  async hasty(): Promise<unknown> {
    return this.work(currentJob().manager);
  }

  @Job({ transactional: true })
  lazy(): unknown {
    return this.work(currentJob().manager);
  }

  @Job()
  async loose(): Promise<unknown> {
    return this.work(currentJob().manager);
  }
}

describe('a transactional job', () => {
  const test = useApplication({
    providers: [Worker],
    options: { channels: 'closed:1:paused' },
    logger: false,
  });
  let worker: Worker;
  let number = 0;

  beforeAll(async () => {
    worker = test.get(Worker);
    await test.dataSource.query('CREATE TABLE effect (number integer)');
  });

  const write = async (manager: EntityManager, at: number): Promise<void> => {
    await manager.query('INSERT INTO effect VALUES ($1)', [at]);
  };
  const effects = async (at: number): Promise<number> =>
    (await test.dataSource.query('SELECT FROM effect WHERE number = $1', [at])).length;
  const stateOf = async ({ uuid }: QueueJob): Promise<string | undefined> =>
    (await test.queue.find(uuid))?.state;
  const ended = async (job: QueueJob, state: string): Promise<void> =>
    eventually(async () => expect(await stateOf(job)).toBe(state));
  const start = async (work: (manager: EntityManager, at: number) => unknown, method: 'whole' | 'loose') => {
    const at = ++number;
    worker.work = (manager) => work(manager, at);
    return { at, job: await test.queue.withDelay(worker)[method]() };
  };

  it('is done together with its effect', async () => {
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
  ])('leaves no effect and no job where it %s', async (_, thrown, state) => {
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

  it('enqueues jobs that are there once it is done', async () => {
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

  it('differs from a plain one, whose jobs are there at once', async () => {
    const { job } = await start(async () => {
      const enqueued = await worker.queue.withDelay(worker, { channel: 'closed' }).note(0);
      return stateOf(enqueued);
    }, 'loose');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('pending');
  });

  it('leaves no effect where it is cancelled while it runs', async () => {
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      await aborted(currentJob().signal);
    }, 'whole');
    await ended(job, 'started');
    await test.queue.cancel(job.uuid, { by: 'Ada' });
    await ended(job, 'cancelled');
    expect(await effects(at)).toBe(0);
  });

  it('leaves no effect where its node hears of the cancel only at its end', async () => {
    const gate = new Gate();
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      await gate.opened;
    }, 'whole');
    await ended(job, 'started');
    // As another process does, whose message is not here yet.
    await test.dataSource.query(`UPDATE queue_job SET cancel_by = 'Ada' WHERE uuid = $1`, [job.uuid]);
    gate.open();
    await ended(job, 'cancelled');
    expect(await test.queue.find(job.uuid)).toMatchObject({ result: 'Cancelled by Ada' });
    expect(await effects(at)).toBe(0);
  });

  it('keeps its effect where it postpones itself', async () => {
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      currentJob().postpone(600);
    }, 'whole');
    await eventually(async () => expect(await effects(at)).toBe(1));
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'pending', retry: 0 });
  });

  it('leaves no effect where it returns after its timeout', async () => {
    const mark = ++number;
    worker.work = async (manager) => {
      await write(manager, mark);
      await aborted(currentJob().signal);
    };
    const job = await test.queue.withDelay(worker).hasty();
    await ended(job, 'failed');
    expect(await test.queue.find(job.uuid)).toMatchObject({ excName: 'JobTimeoutError' });
    expect(await effects(mark)).toBe(0);
  });

  it('is retried where another transaction collides with it, and its effect is there once', async () => {
    let tries = 0;
    const { at, job } = await start(async (manager, mark) => {
      await write(manager, mark);
      if (++tries === 1) throw Object.assign(new Error('collided'), { code: '40001' });
    }, 'whole');
    await ended(job, 'pending');
    await eventually(async () => expect((await test.queue.find(job.uuid))?.retry).toBe(1));
    await eventually(async () => expect((await test.queue.find(job.uuid))?.excMessage).toBe('collided'));
    await test.queue.postpone(job.uuid, { seconds: 0 });
    await test.queue.finished(job, { timeout: 5_000 });
    expect(await effects(at)).toBe(1);
  });

  it('gives currentJob() its own manager, and tells so', async () => {
    const { job } = await start(
      (manager) => [
        manager === test.dataSource.manager,
        manager.queryRunner?.isTransactionActive,
        currentJob().transactional,
      ],
      'whole',
    );
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toEqual([false, true, true]);
  });

  it('that answers with a query which begins when it is awaited has that as a part of itself', async () => {
    worker.work = () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (resolve: (value: unknown) => void) => resolve(currentJob().job.uuid),
    });
    const job = await test.queue.withDelay(worker).lazy();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(job.uuid);
  });

  it('that reads from a snapshot and lasts is done at its first attempt', async () => {
    const { at, job } = await start(async (manager, mark) => {
      await manager.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await write(manager, mark);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }, 'whole');
    await eventually(async () => expect(await stateOf(job)).toBe('done'), 12_000);
    expect((await test.queue.find(job.uuid))?.retry).toBe(1);
    expect(await effects(at)).toBe(1);
  }, 20_000);
});
