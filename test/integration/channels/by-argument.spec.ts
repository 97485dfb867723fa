import { Injectable } from '@nestjs/common';
import { Job, JobFunctionService } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  @Job({ defaultChannel: (tenant: string) => `tenants.${tenant}` })
  async sync(_tenant: string): Promise<void> {
    return Promise.resolve();
  }

  @Job({
    defaultChannel: (): string => {
      throw new Error('no tenant');
    },
  })
  async throwing(): Promise<void> {
    return Promise.resolve();
  }

  @Job({ defaultChannel: (): string => Promise.resolve('a') as never })
  async promising(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a channel that is made of the arguments', () => {
  const test = useApplication({
    providers: [Shop],
    options: { channels: 'tenants.*:2:rate=100/60' },
  });
  let shop: Shop;

  beforeAll(async () => {
    shop = test.get(Shop);
  });

  it('is that of each tenant, with what the wildcard says', async () => {
    const jobs = await Promise.all(
      ['acme', 'bolt', 'acme'].map(async (tenant) => test.queue.withDelay(shop).sync(tenant)),
    );
    expect(jobs.map(({ channel }) => channel)).toEqual([
      'root.tenants.acme',
      'root.tenants.bolt',
      'root.tenants.acme',
    ]);
    await eventually(async () => {
      for (const { uuid } of jobs) expect((await test.queue.find(uuid))?.state).toBe('done');
    });
    expect(await test.channels.get('tenants.bolt')).toMatchObject({
      capacity: 2,
      rate: { limit: 100, per: 60 },
    });
  });

  it('gives way to the channel of a call, and to a change at run time', async () => {
    const given = await test.queue.withDelay(shop, { channel: 'mine' }).sync('acme');
    expect(given.channel).toBe('root.mine');
    const functions = test.get(JobFunctionService);
    await functions.configure('Shop.sync', { channel: 'slow' });
    expect((await test.queue.withDelay(shop).sync('acme')).channel).toBe('root.slow');
    await functions.reset('Shop.sync');
    expect((await test.queue.withDelay(shop).sync('acme')).channel).toBe('root.tenants.acme');
  });

  it('is refused where its function throws, returns a promise or a bad name, and nothing is stored', async () => {
    const before = (await test.queue.list({ limit: 100 })).length;
    await expect(test.queue.withDelay(shop).throwing()).rejects.toThrow(
      'Shop.throwing: the function for defaultChannel threw: no tenant',
    );
    await expect(test.queue.withDelay(shop).promising()).rejects.toMatchObject({
      code: 'INVALID_JOB_OPTION',
      message: expect.stringContaining('a function that returns the path of a channel at once') as string,
    });
    for (const name of ['', 'a b', '*', 'x'.repeat(300)])
      await expect(test.queue.withDelay(shop).sync(name)).rejects.toMatchObject({
        code: 'INVALID_JOB_OPTION',
        message: expect.stringContaining('Shop.sync: defaultChannel: ') as string,
      });
    expect((await test.queue.list({ limit: 100 })).length).toBe(before);
  });
});
