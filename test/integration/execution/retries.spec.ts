import { Injectable } from '@nestjs/common';
import {
  currentJob,
  type DelayOptions,
  Job,
  JobFailedError,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { tried } from '../../support/attempted.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async plain(): Promise<unknown> {
    return this.work();
  }

  @Job({ retryPattern: { 1: 10, 2: [20, 22], 3: 30 } })
  async patterned(): Promise<unknown> {
    return this.work();
  }

  @Job({ retryPattern: { 3: 30 } })
  async later(): Promise<unknown> {
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
}

type Method = Exclude<keyof Worker, 'work'>;

describe('the tries of a job', () => {
  const test = useApplication({
    providers: [Worker],

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

  it.each<[string, Method, RetryableJobError, number]>([
    ['600 s without a pattern', 'plain', new RetryableJobError('busy'), 600],
    ['as its pattern says', 'patterned', new RetryableJobError('busy'), 10],
    ['600 s below the first key of its pattern', 'later', new RetryableJobError('busy'), 600],
    ['as the error says', 'patterned', new RetryableJobError('busy', { seconds: 77 }), 77],
    [
      'as the error says with a part of a second',
      'plain',
      new RetryableJobError('busy', { seconds: 5.5 }),
      5.5,
    ],
  ])('wait %s', async (_, method, error, seconds) => {
    const job = await tried(test.queue, await start(method, error), 1);
    expect(job).toMatchObject({ state: 'pending', excName: 'RetryableJobError', excMessage: 'busy' });
    expect(job.excInfo).toMatch(/RetryableJobError: busy\n +at /);
    expect(job.inSeconds).toBeGreaterThan(seconds - 3);
    expect(job.inSeconds).toBeLessThanOrEqual(seconds);
  });

  it('follow the pattern from try to try', async () => {
    const job = await start('patterned', new RetryableJobError('busy'));
    for (const [retry, least, most] of [
      [1, 7, 10],
      [2, 17, 22],
      [3, 27, 30],
      [4, 27, 30],
    ] as const) {
      const { inSeconds } = await tried(test.queue, job, retry);
      expect(inSeconds).toBeGreaterThan(least);
      expect(inSeconds).toBeLessThanOrEqual(most);
      await test.queue.postpone(job.uuid, { seconds: 0 });
    }
  });

  it('follow at once where the error says 0 seconds, up to the last one that is allowed', async () => {
    const cause = new Error('HTTP 503');
    const job = await start('plain', new RetryableJobError('busy', { seconds: 0, cause }));
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow(JobFailedError);
    const failed = await read(job);
    expect(failed).toMatchObject({ state: 'failed', retry: 5, excName: 'MaxRetriesError' });
    expect(failed.excMessage).toBe('Max. retries (5) reached: busy');
    expect(failed.excInfo).toMatch(
      /MaxRetriesError: Max\. retries[^]*Caused by: RetryableJobError: busy[^]*Caused by: Error: HTTP 503/,
    );
    const attempts = await test.queue.attempts(job.uuid);
    expect(attempts.map(({ retry, excName }) => [retry, excName])).toEqual([
      [1, 'RetryableJobError'],
      [2, 'RetryableJobError'],
      [3, 'RetryableJobError'],
      [4, 'RetryableJobError'],
      [5, 'MaxRetriesError'],
    ]);
    for (const { node, dateStarted, dateEnded, excInfo } of attempts) {
      expect(node).toBe(test.runner.nodeId);
      expect(dateEnded.getTime()).toBeGreaterThanOrEqual((dateStarted as Date).getTime());
      expect(excInfo).toContain('Caused by: Error: HTTP 503');
    }
  });

  it('are as many as they take where maxRetries is 0', async () => {
    let left = 12;
    worker.work = () => {
      if (left-- > 0) throw new RetryableJobError('busy', { seconds: 0 });
      return 'at last';
    };
    const job = await test.queue.withDelay(worker, { maxRetries: 0 }).plain();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('at last');
    expect(await read(job)).toMatchObject({ state: 'done', retry: 13, excName: null, excInfo: null });
    const attempts = await test.queue.attempts(job.uuid);
    expect(attempts.length).toBe(13);
    expect(attempts.at(-1)).toMatchObject({ retry: 13, excName: null });
  });

  it('do not count where the error says so', async () => {
    let left = 8;
    worker.work = () => {
      expect(currentJob().job.retry).toBe(1);
      if (left-- > 0) throw new RetryableJobError('not yet', { seconds: 0, ignoreRetry: true });
    };
    const job = await test.queue.withDelay(worker, { maxRetries: 2 }).plain();
    await test.queue.finished(job, { timeout: 5_000 });
    expect(await read(job)).toMatchObject({ state: 'done', retry: 1 });
  });

  it.each<[string, Method, unknown]>([
    ['any, with an error', 'any', new TypeError('broken')],
    ['any, with a text', 'any', 'just a text'],
    ['a function that says yes', 'asked', new TypeError('broken')],
  ])('are repeated by retryOn: %s', async (_, method, thrown) => {
    expect((await tried(test.queue, await start(method, thrown), 1)).state).toBe('pending');
  });

  it('end where the function for retryOn says no at a later one', async () => {
    const job = await start('asked', new TypeError('broken'));
    await tried(test.queue, job, 1);
    await test.queue.postpone(job.uuid, { seconds: 0 });
    expect(await tried(test.queue, job, 2)).toMatchObject({ state: 'failed', excName: 'TypeError' });
  });
});
