import { Injectable } from '@nestjs/common';
import { currentJob, Job, JobCancelledError, type JobState, type QueueJob } from '../../../lib/index.js';
import { aborted } from '../../support/aborted.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  runs: string[] = [];
  work: () => unknown = () => 'ran';

  @Job()
  async run(label = ''): Promise<unknown> {
    this.runs.push(label);
    return this.work();
  }

  @Job()
  async quick(label: string): Promise<void> {
    this.runs.push(label);
  }
}

describe('the states of a job', () => {
  const test = useApplication({
    providers: [Worker],
    options: { channels: 'closed:1:paused', runner: { concurrency: 4 } },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  beforeEach(() => {
    worker.runs = [];
    worker.work = () => 'ran';
  });

  const reaches = async (job: QueueJob, state: JobState): Promise<QueueJob> =>
    eventually(async () => {
      const found = (await test.queue.find(job.uuid)) as QueueJob;
      expect(found.state).toBe(state);
      return found;
    });
  const waiting = async (): Promise<QueueJob> =>
    test.queue.withDelay(worker, { channel: 'closed', eta: '1h' }).run();
  const failed = async (): Promise<QueueJob> => {
    worker.work = () => {
      throw new Error('no');
    };
    const job = await reaches(await test.queue.withDelay(worker).run(), 'failed');
    worker.work = () => 'ran';
    return job;
  };
  const running = async (work: (signal: AbortSignal) => unknown): Promise<QueueJob> => {
    worker.work = () => work(currentJob().signal);
    return reaches(await test.queue.withDelay(worker).run(), 'started');
  };

  it('lead from pending by started to done', async () => {
    const gate = new Gate();
    worker.work = () => gate.opened;
    const job = await test.queue.withDelay(worker).run();
    expect(job).toMatchObject({ state: 'pending', retry: 0, dateEnqueued: null, dateStarted: null });
    const started = await reaches(job, 'started');
    expect(started.dateEnqueued).toBeInstanceOf(Date);
    expect(started.dateStarted).toBeInstanceOf(Date);
    expect(started.node).toBe(test.runner.nodeId);
    gate.open();
    const done = await reaches(job, 'done');
    expect(done.dateDone).toBeInstanceOf(Date);
    expect(done.execTime).toBeCloseTo(
      ((done.dateDone as Date).getTime() - (done.dateStarted as Date).getTime()) / 1000,
      1,
    );
  });

  it.each([0, '', false, []])('keep the result %j', async (result) => {
    worker.work = () => result;
    const job = await test.queue.withDelay(worker).run();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toEqual(result);
    expect((await test.queue.find(job.uuid))?.result).toEqual(result);
  });

  it.each(['failed', 'cancelled', 'done'] as const)('lead from %s to a new first try', async (state) => {
    let job: QueueJob;
    if (state === 'failed') job = await failed();
    else if (state === 'cancelled') job = await test.queue.cancel((await waiting()).uuid);
    else job = await test.queue.setDone((await waiting()).uuid);
    expect(job.state).toBe(state);
    const gate = new Gate();
    worker.work = () => gate.opened;
    worker.runs = [];
    if (state !== 'failed') await test.channels.resume('closed');
    const again = await test.queue.requeue(job.uuid);
    expect(again).toMatchObject({ uuid: job.uuid, dateCreated: job.dateCreated, eta: null, dateDone: null });
    expect(again).toMatchObject({ result: null, excName: null, excMessage: null, excInfo: null });
    expect((await reaches(job, 'started')).retry).toBe(1);
    expect(worker.runs.length).toBe(1);
    gate.open();
    await reaches(job, 'done');
    await test.channels.pause('closed');
  });

  it('are pending with no try and no dates after a requeue where the channel is closed', async () => {
    const { uuid } = await test.queue.setDone((await waiting()).uuid);
    expect(await test.queue.requeue(uuid)).toMatchObject({
      state: 'pending',
      retry: 0,
      result: null,
      eta: null,
      dateEnqueued: null,
      dateStarted: null,
      dateDone: null,
      execTime: null,
    });
    await test.queue.cancel(uuid);
  });

  it('let a started job be requeued once its node is dead', async () => {
    const { uuid } = await test.queue.withDelay(worker, { eta: '1h' }).run();
    const [{ id }] = (await test.dataSource.query(
      `INSERT INTO queue_job_node (name, alive) VALUES ('gone:1', false) RETURNING id`,
    )) as [{ id: number }];
    await test.dataSource.query(
      `UPDATE queue_job SET state = 'started', phase = 3, node = $1, retry = 1 WHERE uuid = $2`,
      [id, uuid],
    );
    await test.queue.requeue(uuid);
    await expect(test.queue.finished(uuid, { timeout: 5_000 })).resolves.toBe('ran');
  });

  it.each(['pending', 'failed'])('lead from %s to cancelled at once', async (state) => {
    const job = state === 'failed' ? await failed() : await waiting();
    const cancelled = await test.queue.cancel(job.uuid, { by: 'Ada' });
    expect(cancelled).toMatchObject({ state: 'cancelled', result: 'Cancelled by Ada' });
    expect(cancelled.dateDone).toBeInstanceOf(Date);
    await expect(test.queue.finished(job, { timeout: 1_000 })).rejects.toThrow(JobCancelledError);
  });

  it.each([
    ['returns', aborted],
    [
      'throws',
      async (signal: AbortSignal) => aborted(signal).then(() => Promise.reject(new Error('stopped'))),
    ],
  ])('are cancelled when the method of an aborted job %s', async (_, work) => {
    const job = await running(work);
    await test.queue.cancel(job.uuid, { by: 'Ada' });
    const cancelled = await reaches(job, 'cancelled');
    expect(cancelled).toMatchObject({ result: 'Cancelled by Ada', retry: 1 });
    expect(cancelled.execTime).toBeGreaterThan(0);
  });

  it('stay started while the method of a cancelled job goes on', async () => {
    const gate = new Gate();
    const heard = new Gate();
    const job = await running(async (signal) => {
      await aborted(signal);
      expect(signal.reason).toBeInstanceOf(JobCancelledError);
      heard.open();
      await gate.opened;
    });
    await test.queue.cancel(job.uuid);
    await heard.opened;
    expect((await test.queue.find(job.uuid))?.state).toBe('started');
    gate.open();
    await reaches(job, 'cancelled');
  });

  it('lead to cancelled where the node hears of it only when the method has ended', async () => {
    const gate = new Gate();
    const job = await running(() => gate.opened);
    await test.dataSource.query(`UPDATE queue_job SET cancel_by = 'Ada' WHERE uuid = $1`, [job.uuid]);
    gate.open();
    expect((await reaches(job, 'cancelled')).result).toBe('Cancelled by Ada');
  });

  it('let a job that a node has at hand be cancelled before it begins', async () => {
    // Short jobs teach the node to keep some at hand.
    const jobs = await Promise.all(
      Array.from({ length: 200 }, (_, at) => test.queue.withDelay(worker).quick(`n${at}`)),
    );
    await Promise.all(jobs.map((job) => test.queue.finished(job)));
    const gate = new Gate();
    worker.work = () => gate.opened;
    const long = Array.from({ length: 30 }, () => test.queue.delayable(worker).run());
    const last = test.queue.delayable(worker).quick('last');
    const stored = await test.queue.delayAll<unknown>([...long, last]);
    const job = stored.at(-1) as QueueJob;
    await eventually(() => expect(worker.runs.length).toBe(204));
    await test.queue.cancel(job.uuid, { by: 'Ada' });
    await reaches(job, 'cancelled');
    gate.open();
    await Promise.all(stored.slice(0, -1).map((one) => test.queue.finished(one)));
    expect(worker.runs).not.toContain('last');
  });
});
