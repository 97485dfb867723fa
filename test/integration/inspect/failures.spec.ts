import { Injectable } from '@nestjs/common';
import {
  currentJob,
  type DelayOptions,
  FailedJobError,
  Job,
  NothingToDoJob,
  type QueueJob,
} from '../../../lib/index.js';
import { aborted } from '../../support/aborted.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { tried } from '../../support/attempted.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async plain(): Promise<unknown> {
    return this.work();
  }

  @Job({ retryOn: 'any' })
  async any(): Promise<unknown> {
    return this.work();
  }

  @Job({ retryOn: (error, job) => error instanceof TypeError && job.retry < 2 })
  async asked(): Promise<unknown> {
    return this.work();
  }

  @Job({ timeout: 80 })
  async timed(): Promise<unknown> {
    return this.work();
  }

  @Job({ timeout: 80, retryOn: 'any', retryPattern: { 1: 7 } })
  async timedAgain(): Promise<unknown> {
    return this.work();
  }
}

type Method = Exclude<keyof Worker, 'work'>;

describe('a try of a job', () => {
  const test = useApplication({
    providers: [Worker],
    options: { channels: 'narrow:1' },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const read = async ({ uuid }: QueueJob): Promise<QueueJob> => (await test.queue.find(uuid)) as QueueJob;
  const start = async (method: Method, thrown: unknown, options: DelayOptions = {}): Promise<QueueJob> => {
    worker.work = () => {
      throw thrown;
    };
    return test.queue.withDelay(worker, options)[method]();
  };

  it.each<[string, Method, unknown, string]>([
    ['any other error', 'plain', new TypeError('broken'), 'TypeError: broken'],
    ['an error for which retryOn says no', 'asked', new RangeError('far'), 'RangeError: far'],
    ['FailedJobError, whatever retryOn says', 'any', new FailedJobError('never'), 'FailedJobError: never'],
    ['a text', 'plain', 'just a text', 'just a text'],
    ['nothing at all', 'plain', undefined, 'undefined'],
    ['an object', 'plain', { code: 7 }, '7'],
  ])('ends it at once with %s', async (_, method, thrown, text) => {
    const job = await tried(test.queue, await start(method, thrown), 1);
    expect(job).toMatchObject({ state: 'failed', eta: null });
    expect(`${job.excName}: ${job.excMessage}`).toContain(text);
    await expect(test.queue.finished(job)).rejects.toThrow(String(job.excMessage));
  });

  it('ends it with NothingToDoJob as done, its message the result', async () => {
    const job = await start('plain', new NothingToDoJob('Nothing new'));
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('Nothing new');
    expect(await read(job)).toMatchObject({ state: 'done', excName: null });
  });

  it.each(['40001', '40P01'])('is repeated after 5 s with the error %s of PostgreSQL', async (code) => {
    worker.work = () =>
      test.dataSource.query(`DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '${code}'; END $$`);
    const job = await tried(test.queue, await test.queue.withDelay(worker).plain(), 1);
    expect(job).toMatchObject({ state: 'pending', excName: 'QueryFailedError', excMessage: 'collided' });
    expect(job.inSeconds).toBeGreaterThan(3);
    expect(job.inSeconds).toBeLessThanOrEqual(5);
    const last = await test.queue.withDelay(worker, { maxRetries: 1 }).plain();
    expect(await tried(test.queue, last, 1)).toMatchObject({ state: 'failed', excName: 'MaxRetriesError' });
  });

  it.each<[Method, object]>([
    ['timed', { state: 'failed', excName: 'JobTimeoutError' }],
    ['timedAgain', { state: 'pending', excName: 'JobTimeoutError' }],
  ])('times out, and keeps its slot until the method has ended: %s', async (method, end) => {
    const gate = new Gate();
    const heard = new Gate();
    worker.work = async () => {
      const { signal } = currentJob();
      await aborted(signal);
      heard.open();
      await gate.opened;
      return signal.reason;
    };
    const job = await test.queue.withDelay(worker, { channel: 'narrow' })[method]();
    const next = await test.queue.withDelay(worker, { channel: 'narrow' }).plain();
    await heard.opened;
    await eventually(async () => expect((await read(job)).state).toBe('started'));
    // A node may have it already, but it waits for the slot.
    expect((await read(next)).dateStarted).toBeNull();
    worker.work = () => undefined;
    gate.open();
    const ended = await tried(test.queue, job, 1);
    expect(ended).toMatchObject(end);
    expect(ended.excMessage).toContain('80 ms');
    await test.queue.finished(next, { timeout: 5_000 });
  });
});
