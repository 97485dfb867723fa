import { Injectable } from '@nestjs/common';
import { defer, EMPTY, from, type Observable, of, throwError, timer } from 'rxjs';
import { map, mergeMap } from 'rxjs/operators';
import {
  currentJob,
  Job,
  JobFailedError,
  type QueueJob,
  RetryableJobError,
  UnsupportedResultError,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

let subscribed = 0;

@Injectable()
class Worker {
  @Job()
  posts(): Observable<string> {
    return defer(() => {
      subscribed += 1;
      return from(['first', 'last']).pipe(mergeMap(async (one) => one));
    });
  }

  @Job()
  async postsLater(): Promise<Observable<string>> {
    return timer(5).pipe(map(() => currentJob().job.name));
  }

  @Job()
  nothing(): Observable<never> {
    return EMPTY;
  }

  @Job()
  fails(): Observable<never> {
    return throwError(() => new TypeError('refused by the other side'));
  }

  @Job({ retryPattern: { 1: 0 } })
  failsOnce(): Observable<number> {
    const { retry } = currentJob().job;
    return retry === 1 ? throwError(() => new RetryableJobError('later')) : of(retry);
  }

  @Job({ transactional: true })
  writes(): Observable<unknown> {
    return defer(() => currentJob().manager.query('CREATE TABLE written ()'));
  }

  // What decorators and older compilers hide: it is seen when it runs.
  @Job()
  steps(): Iterator<number> {
    return (function* () {
      yield 1;
    })();
  }

  @Job()
  async asyncSteps(): Promise<AsyncIterator<number>> {
    return (async function* () {
      yield 1;
    })();
  }
}

describe('a method that returns an Observable', () => {
  const test = useApplication({ providers: [Worker] });

  const ends = async (job: QueueJob): Promise<unknown> => test.queue.finished(job, { timeout: 5_000 });
  const errorOf = async (job: QueueJob): Promise<JobFailedError> =>
    ends(job).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: JobFailedError) => error,
    );

  it('has its last value as result, and is subscribed once', async () => {
    const job = await test.queue.withDelay(Worker).posts();
    expect(await ends(job)).toBe('last');
    expect(subscribed).toBe(1);
  });

  it('runs as a part of the job, also out of a promise', async () => {
    expect(await ends(await test.queue.withDelay(Worker).postsLater())).toBe('Worker.postsLater');
  });

  it('without values has no result', async () => {
    expect(await ends(await test.queue.withDelay(Worker).nothing())).toBeNull();
  });

  it('fails with its error', async () => {
    const error = await errorOf(await test.queue.withDelay(Worker).fails());
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'refused by the other side' });
  });

  it('is retried as its error says', async () => {
    expect(await ends(await test.queue.withDelay(Worker).failsOnce())).toBe(2);
  });

  it('runs in the transaction of the job', async () => {
    const job = await test.queue.withDelay(Worker).writes();
    await ends(job);
    expect(await test.dataSource.query('SELECT * FROM written')).toEqual([]);
  });

  it('works at once with noDelay', async () => {
    const job = await test.queue.withDelay(Worker, { noDelay: true }).posts();
    expect(job).toMatchObject({ state: 'done', result: 'last' });
    await expect(test.queue.withDelay(Worker, { noDelay: true }).fails()).rejects.toThrow('refused by');
  });

  it.each(['steps', 'asyncSteps'] as const)(
    'is no generator: %s fails, for nothing of it has run',
    async (method) => {
      const error = await errorOf(await test.queue.withDelay(Worker)[method]());
      expect(error.cause).toMatchObject({
        name: UnsupportedResultError.name,
        message: expect.stringMatching(
          /^Worker\.\w+ returned a generator, of which nothing has run/,
        ) as string,
      });
    },
  );
});
