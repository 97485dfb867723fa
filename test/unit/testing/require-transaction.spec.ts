import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { EntityManager } from 'typeorm';
import { Job, QueueService, TransactionRequiredError } from '../../../lib/index.js';
import {
  queueJobTesting,
  QueueJobTestingModule,
  type QueueJobTesting,
  type QueueJobTestingOptions,
} from '../../../lib/testing.js';

@Injectable()
class Orders {
  constructor(private readonly queue: QueueService) {}

  @Job()
  async ship(): Promise<string> {
    return 'shipped';
  }

  @Job({ requireTransaction: true })
  async bill(): Promise<string> {
    return 'billed';
  }

  @Job({ requireTransaction: false })
  async mail(): Promise<string> {
    return 'mailed';
  }

  @Job({ transactional: true, requireTransaction: false })
  async whole(): Promise<string> {
    await this.queue.withDelay<Orders>(Orders).bill();
    return 'whole';
  }

  @Job({ requireTransaction: false })
  async plain(): Promise<void> {
    await this.queue.withDelay<Orders>(Orders).bill();
  }
}

const start = async (
  options: QueueJobTestingOptions,
): Promise<{ jobs: QueueJobTesting; queue: QueueService }> => {
  const module = await Test.createTestingModule({
    imports: [QueueJobTestingModule.forRoot(options)],
    providers: [Orders],
  }).compile();
  return { jobs: queueJobTesting(await module.init()), queue: module.get(QueueService) };
};

const manager = {} as EntityManager;

describe.each(['fake', 'inline'] as const)('requireTransaction in a test in the mode %s', (mode) => {
  it('of @Job() refuses a call without a transaction, and nothing is recorded', async () => {
    const { queue } = await start({ mode });
    await expect(queue.withDelay(Orders).bill()).rejects.toThrow(TransactionRequiredError);
    await expect(queue.delayAll([queue.delayable(Orders).bill()])).rejects.toThrow(TransactionRequiredError);
    await expect(
      queue.delayable(Orders).ship().onDone(queue.delayable(Orders).bill()).delay(),
    ).rejects.toThrow(TransactionRequiredError);
    expect(await queue.list()).toEqual([]);
    await queue.withDelay(Orders).ship();
  });

  it('of the module holds for what does not say otherwise', async () => {
    const { queue } = await start({ mode, requireTransaction: true });
    await expect(queue.withDelay(Orders).ship()).rejects.toThrow(TransactionRequiredError);
    await queue.withDelay(Orders).mail();
    expect(await queue.list()).toHaveLength(1);
  });

  it('is met by a manager, and by what transactionManager returns', async () => {
    const { queue } = await start({ mode });
    await queue.withDelay(Orders, { manager }).bill();
    await queue.delayable(Orders, { manager }).bill().delay();
    let open: EntityManager | undefined;
    const other = await start({ mode, transactionManager: () => open });
    await expect(other.queue.withDelay(Orders).bill()).rejects.toThrow(TransactionRequiredError);
    open = manager;
    await other.queue.withDelay(Orders).bill();
  });

  it('is met inside of a transactional job, and not of another', async () => {
    const { jobs, queue } = await start({ mode });
    await queue.withDelay(Orders).whole();
    if (mode === 'fake') await jobs.performEnqueued();
    expect((await queue.list({ name: 'Orders.bill' })).map(({ state }) => state)).toEqual(['done']);
    const plain = await queue.withDelay(Orders).plain();
    if (mode === 'fake')
      await expect(jobs.performEnqueued()).rejects.toThrow(/Orders.bill has requireTransaction/);
    await expect(queue.finished(plain)).rejects.toThrow(/Orders.bill has requireTransaction/);
  });
});
