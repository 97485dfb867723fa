import { Injectable } from '@nestjs/common';
import { Job, JobFunctionService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  readonly calls: string[] = [];

  @Job()
  async bill(what: string): Promise<void> {
    this.calls.push(`bill ${what}`);
    return Promise.resolve();
  }

  @Job()
  async mail(what: string): Promise<void> {
    this.calls.push(`mail ${what}`);
    return Promise.resolve();
  }
}

describe('a job function that is paused', () => {
  let database: TestDatabase;
  let nodes: TestApplication[];
  const first = (): TestApplication => nodes[0] as TestApplication;
  const functions = (): JobFunctionService => first().get(JobFunctionService);
  const calls = (): string[] => nodes.flatMap((node) => node.get(Shop).calls);
  const call = async (method: 'bill' | 'mail', what: string, options = {}): Promise<string> =>
    (await first().queue.withDelay(first().get(Shop), options)[method](what)).uuid;

  beforeEach(async () => {
    database = await createTestDatabase();
    nodes = await Promise.all(
      [1, 2].map(async () =>
        startApplication({
          url: database.url,
          providers: [Shop],
          options: { channels: 'line:1:sequential' },
        }),
      ),
    );
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await database.drop();
  });

  it('starts no job on any node from the moment at which that resolves, and all of them after', async () => {
    // Jobs come all the while.
    const calling = { on: true };
    const stored = (async () => {
      let at = 0;
      for (; calling.on; at += 1) await call('bill', `${at}`);
      return at;
    })();
    await eventually(() => expect(calls().length).toBeGreaterThan(20));
    await functions().pause('Shop.bill', { by: 'Ada' });
    const before = calls().length;
    await Promise.all(Array.from({ length: 20 }, async (_, at) => call('mail', `${at}`)));
    await eventually(() => expect(calls().filter((one) => one.startsWith('mail')).length).toBe(20));
    calling.on = false;
    const last = await call('bill', 'last');
    const count = (await stored) + 1;
    expect(calls().length).toBe(before + 20);
    expect((await first().queue.explain(last)).reasons).toEqual([
      { kind: 'functionPaused', name: 'Shop.bill', by: 'Ada', since: expect.any(Date) as Date },
    ]);
    const states = await functions().list();
    expect(states.map(({ name, paused }) => [name, paused?.by])).toEqual([
      ['Shop.bill', 'Ada'],
      ['Shop.mail', undefined],
    ]);
    await functions().resume('Shop.bill');
    await eventually(() => expect(calls().filter((one) => one.startsWith('bill')).length).toBe(count));
    expect((await functions().list()).map(({ paused }) => paused)).toEqual([null, null]);
  });

  it('stops those behind it where they go strictly in order, and stays paused after a reset and a restart', async () => {
    await functions().configure('Shop.bill', { channel: 'line' });
    await functions().pause('Shop.bill');
    await functions().reset('Shop.bill');
    const bill = await call('bill', 'one', { channel: 'line' });
    const mail = await call('mail', 'two', { channel: 'line' });
    nodes.push(await startApplication({ url: database.url, providers: [Shop] }));
    await call('mail', 'elsewhere');
    await eventually(() => expect(calls()).toEqual(['mail elsewhere']));
    expect((await first().queue.explain(mail)).reasons).toEqual([
      { kind: 'sequential', channel: 'root.line', behind: { uuid: bill, state: 'pending' } },
    ]);
    await functions().resume('Shop.bill');
    await eventually(() => expect(calls().length).toBe(3));
    const order = nodes.map((node) => node.get(Shop).calls).flat();
    expect(order).toContain('bill one');
  });
});
