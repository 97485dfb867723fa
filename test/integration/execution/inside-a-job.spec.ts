import { Injectable } from '@nestjs/common';
import { currentJob, InvalidJobOptionError, Job, NoCurrentJobError, QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async run(..._args: unknown[]): Promise<unknown> {
    return this.work();
  }
}

describe('inside a job', () => {
  const test = useApplication({ providers: [Worker], logger: false });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const run = async (work: () => unknown, ...args: unknown[]): Promise<QueueJob> => {
    worker.work = work;
    return test.queue.withDelay(worker).run(...args);
  };
  const resultOf = async (work: () => unknown, ...args: unknown[]): Promise<unknown> =>
    test.queue.finished(await run(work, ...args), { timeout: 5_000 });
  const find = async ({ uuid }: QueueJob): Promise<QueueJob> => (await test.queue.find(uuid)) as QueueJob;

  it('currentJob() tells the job, its signal and the manager', async () => {
    let current: ReturnType<typeof currentJob> | undefined;
    const job = await run(() => void (current = currentJob()), 'a', { b: 1 });
    await test.queue.finished(job, { timeout: 5_000 });
    expect(current?.job).toBeInstanceOf(QueueJob);
    expect(current?.job).toMatchObject({
      uuid: job.uuid,
      name: 'Worker.run',
      providerName: 'Worker',
      methodName: 'run',
      state: 'started',
      retry: 1,
      args: ['a', { b: 1 }],
      dateCreated: job.dateCreated,
    });
    expect(current?.signal.aborted).toBe(false);
    expect(current?.manager).toBe(test.dataSource.manager);
    expect(current?.transactional).toBe(false);
  });

  it('currentJob() is that of the own job after an await, however many run at once', async () => {
    const gate = new Gate();
    worker.work = async () => {
      await gate.opened;
      return currentJob().job.uuid;
    };
    const jobs = await Promise.all([1, 2, 3, 4, 5].map((at) => test.queue.withDelay(worker).run(at)));
    gate.open();
    const results = await Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 5_000 })));
    expect(results).toEqual(jobs.map(({ uuid }) => uuid));
  });

  it('and nowhere else there is a current job', () => {
    expect(() => currentJob()).toThrow(NoCurrentJobError);
  });

  it('lines can be logged, with data, and read in their order', async () => {
    const job = await run(() => {
      const { log } = currentJob();
      log('first');
      log('second', { at: 2, nested: [true] });
    });
    await test.queue.finished(job, { timeout: 5_000 });
    const lines = await eventually(async () => {
      const found = await test.queue.logs(job.uuid);
      expect(found.length).toBe(2);
      return found;
    });
    expect(lines).toMatchObject([
      { retry: 1, message: 'first', data: null },
      { retry: 1, message: 'second', data: { at: 2, nested: [true] } },
    ]);
    expect(lines[0]?.date).toBeInstanceOf(Date);
  });

  it('progress can be told, and is seen while the job runs', async () => {
    const gate = new Gate();
    const job = await run(async () => {
      currentJob().progress(3, 12);
      await gate.opened;
      currentJob().progress(0.5);
    });
    await eventually(async () =>
      expect(await find(job)).toMatchObject({ state: 'started', progress: 3, progressTotal: 12 }),
    );
    gate.open();
    await test.queue.finished(job, { timeout: 5_000 });
    expect(await find(job)).toMatchObject({ state: 'done', progress: 0.5, progressTotal: null });
  });

  it.each([NaN, -1, Infinity])('neither progress nor postpone takes %d', async (wrong) => {
    await resultOf(() => {
      expect(() => currentJob().progress(wrong)).toThrow(InvalidJobOptionError);
      expect(() => currentJob().postpone(wrong)).toThrow(InvalidJobOptionError);
    });
  });

  it('the job can be postponed, which does not count as a try', async () => {
    const began: number[] = [];
    const job = await run(() => {
      began.push(performance.now());
      if (began.length < 3) currentJob().postpone('200 ms');
      return began.length;
    });
    await eventually(() => expect(began.length).toBe(1));
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(3);
    expect((began[1] as number) - (began[0] as number)).toBeGreaterThanOrEqual(195);
    expect((await find(job)).retry).toBe(1);
  });

  it('there are no results of parents where there are no parents', async () => {
    await expect(resultOf(() => currentJob().parentResults())).resolves.toEqual([]);
  });
});
