import { Injectable } from '@nestjs/common';
import {
  FinishedTimeoutError,
  InvalidJobOptionError,
  Job,
  JobCancelledError,
  JobFailedError,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async run(): Promise<unknown> {
    return this.work();
  }
}

describe('finished()', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let web: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { url: database.url, providers: [Worker], logger: false as const };
    web = await startApplication({ ...options, options: { runner: false } });
    test = await startApplication(options);
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await web.close();
    await database.drop();
  });

  it('gives the result of a job that has ended, or is yet to end, to all who wait', async () => {
    const gate = new Gate();
    worker.work = () => gate.opened.then(() => 'done');
    const job = await test.queue.withDelay(worker).run();
    const waiting = [job, job.uuid, job].map(async (one) => test.queue.finished(one));
    gate.open();
    expect(await Promise.all(waiting)).toEqual(['done', 'done', 'done']);
    await expect(test.queue.finished(job.uuid)).resolves.toBe('done');
  });

  it('hears of a job that another process ran', async () => {
    worker.work = () => 'done';
    const job = await web.queue.withDelay(Worker).run();
    await expect(web.queue.finished(job, { timeout: 5_000 })).resolves.toBe('done');
  });

  it('gives undefined as null', async () => {
    worker.work = () => undefined;
    const job = await test.queue.withDelay(worker).run();
    await expect(test.queue.finished(job)).resolves.toBeNull();
  });

  it('waits for the end of all tries', async () => {
    let tries = 0;
    worker.work = () => {
      if (++tries < 3) throw new RetryableJobError('busy', { seconds: 0.05 });
      return tries;
    };
    const job = await test.queue.withDelay(worker).run();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(3);
  });

  it('throws with the error of the job as its cause', async () => {
    worker.work = () => {
      throw new TypeError('broken', { cause: new Error('below') });
    };
    const job = await test.queue.withDelay(worker).run();
    const error: unknown = await test.queue.finished(job).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(JobFailedError);
    expect((error as Error).message).toBe(`Worker.run ${job.uuid} failed: TypeError: broken`);
    expect((error as Error).cause).toMatchObject({
      name: 'TypeError',
      message: 'broken',
      stack: expect.stringMatching(/finished\.spec[^]*Caused by: Error: below/),
    });
  });

  it('throws where the job is cancelled, and tells by whom', async () => {
    const job = await test.queue.withDelay(worker, { eta: '1h' }).run();
    const waiting = test.queue.finished(job).catch((thrown: unknown) => thrown);
    await test.queue.cancel(job.uuid, { by: 'Ada' });
    const error = await waiting;
    expect(error).toBeInstanceOf(JobCancelledError);
    expect((error as Error).message).toContain('Cancelled by Ada');
  });

  it('waits no longer than it is told to', async () => {
    const job = await test.queue.withDelay(worker, { eta: '1h' }).run();
    const began = performance.now();
    const waiting = test.queue.finished(job, { timeout: '100 ms' });
    await expect(waiting).rejects.toThrow(FinishedTimeoutError);
    await expect(waiting).rejects.toThrow(`Job ${job.uuid} has not ended within 100 ms`);
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
    await expect(test.queue.finished(job, { timeout: -1 })).rejects.toThrow(InvalidJobOptionError);
  });

  it('waits no longer than the application lives', async () => {
    const closing = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { runner: false },
      logger: false,
    });
    const job = await closing.queue.withDelay(Worker, { eta: '1h' }).run();
    const waiting = closing.queue.finished(job).catch((thrown: unknown) => thrown);
    await closing.close();
    expect(await waiting).toBeInstanceOf(FinishedTimeoutError);
  });
});
