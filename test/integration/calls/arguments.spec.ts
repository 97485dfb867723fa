import { Injectable } from '@nestjs/common';
import {
  Job,
  type QueueJob,
  RetryableJobError,
  typeCodec,
  UnserializableArgumentError,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { LogBook } from '../../support/log-book.js';

class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}
}

@Injectable()
class Worker {
  work: (...args: never[]) => unknown = () => undefined;

  @Job()
  async take(...args: unknown[]): Promise<unknown> {
    return this.work(...(args as never[]));
  }
}

describe('the arguments of a job', () => {
  const logBook = new LogBook();
  const test = useApplication({
    providers: [Worker],
    options: {
      maxPayloadBytes: 2_000,
      codecs: [
        typeCodec({
          name: 'Money',
          type: Money,
          encode: ({ cents, currency }) => ({ cents, currency }),
          decode: ({ cents, currency }) => new Money(cents, currency),
        }),
      ],
    },
    logger: logBook,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  /** What the method gets, and what it gives back where that can be carried. */
  const received = async (args: unknown[]): Promise<unknown[]> => {
    let got: unknown[] = [];
    worker.work = (...given: unknown[]) => void (got = given);
    await test.queue.finished(await test.queue.withDelay(worker).take(...args), { timeout: 5_000 });
    return got;
  };
  const result = async (value: unknown): Promise<QueueJob> => {
    worker.work = () => value;
    const job = await test.queue.withDelay(worker).take();
    await test.queue.finished(job, { timeout: 5_000 });
    return (await test.queue.find(job.uuid)) as QueueJob;
  };

  it.each<[string, () => unknown[], string]>([
    ['a function', () => [{ items: [1, { run: () => 1 }] }], 'args[0].items[1].run is a function'],
    [
      'an instance of an unknown class',
      () => ['x', new Worker()],
      'args[1] is an instance of the class Worker',
    ],
    ['a NUL byte', () => [{ text: 'a\0b' }], 'args[0].text is a string with'],
    [
      'more than maxPayloadBytes',
      () => ['x'.repeat(2_001)],
      'the 2000 that the module option maxPayloadBytes',
    ],
  ])('refuse %s with its path, and nothing is stored', async (_, args, message) => {
    const before = await test.queue.counts();
    const refused = test.queue.withDelay(worker).take(...args());
    await expect(refused).rejects.toThrow(UnserializableArgumentError);
    await expect(refused).rejects.toThrow(message);
    expect(await test.queue.counts()).toEqual(before);
  });

  it('stay as they were stored when the method changes them', async () => {
    const lengths: number[] = [];
    worker.work = (list: number[], record: Record<string, unknown>) => {
      lengths.push(list.push(4));
      record['changed'] = true;
      if (lengths.length === 1) throw new RetryableJobError('again', { seconds: 0 });
    };
    const job = await test.queue.withDelay(worker).take([1, 2, 3], { kept: true });
    await test.queue.finished(job, { timeout: 5_000 });
    expect(lengths).toEqual([4, 4]);
    expect((await test.queue.find(job.uuid))?.args).toEqual([[1, 2, 3], { kept: true }]);
  });

  it('carry instances of the classes that the application has a codec for', async () => {
    const [price] = (await received([new Money(500, 'EUR')])) as [Money];
    expect(price).toBeInstanceOf(Money);
    expect(price).toEqual(new Money(500, 'EUR'));
  });

  it('come back as the types they were, and so does a result', async () => {
    const value = {
      at: new Date(0),
      big: 2n ** 70n,
      map: new Map([['a', new Set([1])]]),
      nothing: undefined,
    };
    expect(await received([value])).toEqual([value]);
    const job = await result(value);
    expect(job.result).toEqual(value);
    await expect(test.queue.finished(job.uuid)).resolves.toEqual(value);
    expect((await result(new Money(1, 'EUR'))).result).toBeInstanceOf(Money);
  });

  it('do not matter for a result that can not be carried: the job is done, with a warning', async () => {
    logBook.entries.length = 0;
    const { uuid, state, result: stored } = await result({ close: () => undefined });
    expect([state, stored]).toEqual(['done', null]);
    const warning = logBook.entries.find(({ level }) => level === 'warn');
    expect(warning?.message).toContain('result.close is a function');
    expect(warning?.params).toMatchObject({ uuid, name: 'Worker.take' });
  });
});
