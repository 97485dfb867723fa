import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { chain, InvalidArgumentsError, Job, JobFailedError } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

const order = z.object({ id: z.number(), copies: z.number().default(1) });

@Injectable()
class Orders {
  readonly printed: unknown[] = [];

  @Job({ schema: order, retryOn: 'any', maxRetries: 0 })
  async print(given: { id: number; copies?: number }): Promise<void> {
    this.printed.push(given);
  }

  @Job({ schema: [z.number(), z.string()], transactional: true })
  async book(...given: [number, string]): Promise<void> {
    this.printed.push(given);
  }

  /** What it delays itself is judged as any error of a method. */
  @Job({ retryOn: 'any', maxRetries: 2, retryPattern: { 1: 0 } })
  async outer(): Promise<void> {
    this.printed.push('outer');
    throw new InvalidArgumentsError('inner');
  }
}

describe('the schema of a job', () => {
  const test = useApplication({ providers: [Orders], logger: false });
  let orders: Orders;

  beforeAll(async () => {
    orders = test.get(Orders);
  });

  beforeEach(() => {
    orders.printed.length = 0;
  });

  const wrong = { id: '1' } as never;

  it('refuses a call before anything is stored, whichever way it comes', async () => {
    const build = test.queue.delayable(orders);
    const calls = [
      async () => test.queue.withDelay(orders).print(wrong),
      async () => test.queue.enqueue('Orders.print', [wrong]),
      async () => test.queue.enqueue('Orders.book', [1]),
      async () => chain(build.print({ id: 1 }), build.print(wrong)).delay(),
      async () =>
        test.batches.create('orders', { jobs: [build.print({ id: 1 })], onDone: build.print(wrong) }),
      async () => test.queue.withDelay(orders, { noDelay: true }).print(wrong),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(InvalidArgumentsError);
    expect(await test.queue.list()).toEqual([]);
  });

  it('gives the method what it makes of the arguments, and stores what was given', async () => {
    const job = await test.queue.withDelay(orders).print({ id: 1 });
    await test.queue.finished(job);
    expect(orders.printed).toEqual([{ id: 1, copies: 1 }]);
    expect((await test.queue.find(job.uuid))?.args).toEqual([{ id: 1 }]);
    await test.queue.withDelay(orders, { noDelay: true }).print({ id: 2 });
    expect(orders.printed[1]).toEqual({ id: 2, copies: 1 });
  });

  it.each(['print', 'book'] as const)(
    'fails a stored job of %s for good that older code has stored',
    async (method) => {
      const job =
        method === 'print'
          ? await test.queue.withDelay(orders, { eta: '1 h' }).print({ id: 1 })
          : await test.queue.withDelay(orders, { eta: '1 h' }).book(1, 'a');
      await test.dataSource.query(`UPDATE queue_job SET args = '[{"id":"old"}]' WHERE uuid = $1`, [job.uuid]);
      await test.queue.changeAll('runNow', [job.uuid]);
      await expect(test.queue.finished(job)).rejects.toThrow(JobFailedError);
      expect(orders.printed).toEqual([]);
      expect(await test.queue.find(job.uuid)).toMatchObject({
        state: 'failed',
        retry: 1,
        excName: 'InvalidArgumentsError',
        excMessage: expect.stringMatching(/args\[0\].*expected number/),
      });
    },
  );

  it('has no say in errors that a method throws', async () => {
    const job = await test.queue.withDelay(orders).outer();
    await expect(test.queue.finished(job)).rejects.toThrow(JobFailedError);
    expect(orders.printed).toEqual(['outer', 'outer']);
  });
});
