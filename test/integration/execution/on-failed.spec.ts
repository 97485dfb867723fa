import { Injectable } from '@nestjs/common';
import {
  chain,
  currentJob,
  type FailedJob,
  FailedJobError,
  InvalidJobOptionError,
  InvalidModuleOptionError,
  Job,
  JobCancelledError,
  type QueueJob,
  type QueueJobModuleOptions,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Alerts {
  readonly told: { failed: FailedJob; job: QueueJob }[] = [];
  failing = false;

  @Job({ maxRetries: 7, description: 'Tell who is on duty' })
  async onDuty(failed: FailedJob): Promise<void> {
    this.told.push({ failed, job: currentJob().job });
    if (this.failing) throw new Error('The pager is off');
  }
}

@Injectable()
class Orders {
  work: () => unknown = () => undefined;
  readonly told: { failed: FailedJob; job: QueueJob }[] = [];

  @Job({ onFailed: 'tellOwner', maxRetries: 2, description: (id: number) => `Print order ${id}` })
  async print(_id: number): Promise<unknown> {
    return this.work();
  }

  @Job({ onFailed: 'Alerts.onDuty', transactional: true })
  async book(): Promise<unknown> {
    return this.work();
  }

  /** The default of the module is told of it. */
  @Job()
  async pack(): Promise<unknown> {
    return this.work();
  }

  @Job()
  async tellOwner(failed: FailedJob): Promise<void> {
    this.told.push({ failed, job: currentJob().job });
  }
}

const failing = (error: unknown) => (): never => {
  throw error;
};

describe('onFailed', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let orders: Orders;
  let alerts: Alerts;

  const start = async (
    options: QueueJobModuleOptions,
    providers: (new (...args: never[]) => object)[] = [Orders, Alerts],
  ): Promise<TestApplication> => startApplication({ url: database.url, providers, options, logger: false });

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await start({ defaults: { onFailed: 'Alerts.onDuty' }, channels: 'root,root.erp:1:sequential' });
    orders = test.get(Orders);
    alerts = test.get(Alerts);
  });

  beforeEach(() => {
    orders.told.length = 0;
    alerts.told.length = 0;
    alerts.failing = false;
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const reportsOf = async (uuid: string): Promise<number> =>
    (await test.queue.list({ limit: 1_000 })).filter(({ failureOf }) => failureOf === uuid).length;

  it('is told of a job whose attempts are used up, by a job with its channel and priority', async () => {
    orders.work = failing(new RetryableJobError('Paper jam', { seconds: 0 }));
    const failed = await test.queue.withDelay(orders, { channel: 'root.print', priority: 3 }).print(42);
    await eventually(() => expect(orders.told.length).toBe(1));
    expect(orders.told[0]?.failed).toEqual({
      uuid: failed.uuid,
      name: 'Orders.print',
      description: 'Print order 42',
      attempts: 2,
      error: {
        name: 'MaxRetriesError',
        message: 'Max. retries (2) reached: Paper jam',
        stack: expect.stringContaining('Caused by: RetryableJobError: Paper jam'),
      },
    });
    expect(orders.told[0]?.job).toMatchObject({
      name: 'Orders.tellOwner',
      channel: 'root.print',
      priority: 3,
      maxRetries: 5,
      identityKey: null,
      graphUuid: null,
      batchUuid: null,
    });
    const report = orders.told[0]?.job as QueueJob;
    await test.queue.finished(report);
    expect(await test.queue.find(report.uuid)).toMatchObject({ failureOf: failed.uuid });
  });

  it('may be a job function of another provider, with its own attempts and description', async () => {
    orders.work = failing(new FailedJobError('No account'));
    const failed = await test.queue.withDelay(orders).book();
    await eventually(() => expect(alerts.told.length).toBe(1));
    expect(alerts.told[0]).toMatchObject({
      failed: { uuid: failed.uuid, attempts: 1, error: { name: 'FailedJobError', message: 'No account' } },
      job: { maxRetries: 7, description: 'Tell who is on duty' },
    });
  });

  it('is by default what the module says', async () => {
    orders.work = failing(new Error('Out of boxes'));
    const failed = await test.queue.withDelay(orders).pack();
    await eventually(() => expect(alerts.told.length).toBe(1));
    expect(alerts.told[0]?.failed).toMatchObject({ uuid: failed.uuid, name: 'Orders.pack' });
  });

  it('is told again when a requeued job fails again, and has none of its own', async () => {
    alerts.failing = true;
    orders.work = failing(new Error('Out of boxes'));
    const failed = await test.queue.withDelay(orders).pack();
    await eventually(() => expect(alerts.told.length).toBe(1));
    await test.queue.requeue(failed.uuid);
    await eventually(() => expect(alerts.told.length).toBe(2));
    await eventually(async () =>
      expect((await test.queue.list({ state: 'failed', name: 'Alerts.onDuty' })).length).toBe(2),
    );
    expect(await reportsOf(failed.uuid)).toBe(2);
    for (const { job } of alerts.told) expect(await reportsOf(job.uuid)).toBe(0);
  });

  it('is told of arguments that can not be read', async () => {
    const { uuid } = await test.queue.withDelay(orders, { eta: '1 h' }).print(1);
    await test.dataSource.query(
      `UPDATE queue_job SET args = '[{"$type":"Gone","value":1}]', eta = NULL, phase = 2 WHERE uuid = $1`,
      [uuid],
    );
    await eventually(() => expect(orders.told.length).toBe(1));
    expect(orders.told[0]?.failed).toMatchObject({ uuid, error: { name: 'UnknownCodecError' } });
  });

  it('is what the newest node registered if the job is given back for a node that did not know the job', async () => {
    const { uuid } = await test.queue.withDelay(orders, { eta: '1 h' }).print(1);
    const [{ id }] = (await test.dataSource.query(
      `INSERT INTO queue_job_node (name, alive, names) VALUES ('gone', false, '{}') RETURNING id`,
    )) as [{ id: number }];
    await test.dataSource.query(
      `UPDATE queue_job SET state = 'started', phase = 3, node = $2, retry = 2 WHERE uuid = $1`,
      [uuid, id],
    );
    await test.dataSource.query('SELECT queue_job_give_back_1($2, ARRAY[$1::uuid])', [uuid, id]);
    await eventually(() => expect(orders.told.length).toBe(1));
    expect(orders.told[0]?.failed).toMatchObject({ uuid, error: { name: 'JobFoundDeadError' } });
  });

  it('keeps the user and the context of the failed job', async () => {
    const other = await startApplication({
      url: database.url,
      providers: [Orders, Alerts],
      options: {
        userId: () => 'ada',
        context: { capture: () => ({ tenant: 't1' }), run: async (_: never, work) => work() },
      },
      logger: false,
    });
    try {
      const mine = other.get(Orders);
      mine.work = failing(new Error('No'));
      const failed = await other.queue.withDelay(mine, { channel: 'root.context' }).print(9);
      await eventually(async () => expect(await reportsOf(failed.uuid)).toBe(1));
      const [report] = (await other.queue.list()).filter(({ failureOf }) => failureOf === failed.uuid);
      expect(report).toMatchObject({ userId: 'ada', context: { tenant: 't1' }, channel: 'root.context' });
    } finally {
      await other.close();
    }
  });

  it('is not told of a job that was cancelled, nor of one that is done or tried again', async () => {
    orders.work = failing(new JobCancelledError('Never mind'));
    const cancelled = await test.queue.withDelay(orders).print(1);
    await expect(test.queue.finished(cancelled)).rejects.toThrow(JobCancelledError);
    orders.work = failing(new RetryableJobError('Later', { seconds: 3_600 }));
    const retried = await test.queue.withDelay(orders).print(2);
    await eventually(async () => expect((await test.queue.find(retried.uuid))?.eta).not.toBeNull());
    orders.work = () => undefined;
    const done = await test.queue.withDelay(orders).print(3);
    await test.queue.finished(done);
    for (const { uuid } of [cancelled, retried, done]) expect(await reportsOf(uuid)).toBe(0);
  });

  it('belongs to no graph and batch of the failed job', async () => {
    orders.work = failing(new FailedJobError('No'));
    const jobs = test.queue.delayable(orders);
    const [first] = await chain(jobs.print(1), jobs.print(2)).delay();
    await eventually(() => expect(orders.told.length).toBe(1));
    expect(orders.told[0]).toMatchObject({ failed: { uuid: first?.uuid }, job: { graphUuid: null } });
    expect((await test.queue.graph(first?.graphUuid as string)).jobs.length).toBe(2);
  });

  it('goes to the channel above a sequential one, which the failure stops', async () => {
    orders.work = failing(new FailedJobError('No'));
    const failed = await test.queue.withDelay(orders, { channel: 'root.erp.mail' }).print(5);
    await eventually(() => expect(orders.told.length).toBe(1));
    expect(orders.told[0]).toMatchObject({ failed: { uuid: failed.uuid }, job: { channel: 'root' } });
    await test.queue.delete(failed.uuid);
  });

  it("is called at once where its job runs at once, and the error is still the caller's", async () => {
    orders.work = failing(new FailedJobError('No paper'));
    await expect(test.queue.withDelay(orders, { noDelay: true }).print(8)).rejects.toThrow('No paper');
    expect(orders.told).toMatchObject([
      {
        failed: {
          name: 'Orders.print',
          description: 'Print order 8',
          attempts: 1,
          error: { message: 'No paper' },
        },
      },
    ]);
    orders.work = failing(new JobCancelledError('Never mind'));
    await expect(test.queue.withDelay(orders, { noDelay: true }).print(8)).rejects.toThrow('Never mind');
    alerts.failing = true;
    orders.work = failing(new FailedJobError('No account'));
    await expect(test.queue.withDelay(orders, { noDelay: true }).book()).rejects.toThrow('No account');
    expect([orders.told.length, alerts.told.length]).toEqual([1, 1]);
  });

  it('is checked at start', async () => {
    @Injectable()
    class Wrong {
      @Job({ onFailed: 'tellOwner' })
      run(): void {}
    }
    await expect(start({}, [Wrong, Orders, Alerts])).rejects.toThrow(InvalidJobOptionError);
    await expect(start({}, [Wrong, Orders, Alerts])).rejects.toThrow(
      /^Wrong\.run: onFailed names 'tellOwner', which is no job function .* Orders\.print/,
    );
    const defaults = { onFailed: 'Alerts.nobody' };
    await expect(start({ defaults })).rejects.toThrow(InvalidModuleOptionError);
    await expect(start({ defaults })).rejects.toThrow(/^defaults\.onFailed names 'Alerts\.nobody'/);
  });
});
