import { Injectable } from '@nestjs/common';
import {
  chain,
  ChannelService,
  currentJob,
  Job,
  NodeService,
  NothingToDoJob,
  type QueueJob,
  QueueService,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

/** Whatever instance the jobs ran on. */
const ranOn = new WeakSet<object>();

@Injectable()
class Worker {
  constructor(private readonly queue: QueueService) {}

  @Job()
  async run(value: unknown): Promise<unknown> {
    ranOn.add(this);
    return value;
  }

  @Job()
  async delaysItself(): Promise<string> {
    return (await this.queue.withDelay(this).run('later')).uuid;
  }

  @Job({ transactional: true })
  async undo(): Promise<void> {
    await this.queue.withDelay(Worker, { priority: 78 }).run('undone');
    await this.queue.withDelay(Worker, { priority: 78, identityKey: 'undone' }).run('undone');
    throw new NothingToDoJob('undone');
  }

  @Job({ transactional: true })
  async write(): Promise<void> {
    await currentJob().manager.query('CREATE TABLE written ()');
    await this.queue.withDelay(Worker, { priority: 79 }).run('inside');
  }
}

/** Nest itself doesn't start with a proxy around its Map of modules. */
const isBuiltIn = (one: object): boolean =>
  [Map, Set, WeakMap, WeakSet, Date, RegExp, Promise].some((type) => one instanceof type);
const hasPrivate = (one: object): boolean => {
  for (
    let prototype = Reflect.getPrototypeOf(one);
    prototype !== null && prototype !== Object.prototype;
    prototype = Reflect.getPrototypeOf(prototype)
  ) {
    if (/(^|[^\w$])#\w/.test(String(prototype.constructor))) return true;
  }
  return false;
};

/** Calls methods on the bare instance, where a class has private members. */
const careful: ProxyHandler<object> = {
  get: (target, key) => {
    const value: unknown = Reflect.get(target, key);
    return typeof value === 'function' && key !== 'constructor' ? (value.bind(target) as unknown) : value;
  },
};

describe.each([
  ['plain', () => ({})],
  ['careful', (one: object) => (hasPrivate(one) ? careful : {})],
  ['that binds every method', () => careful],
] as const)('an application with a proxy around every instance, %s', (_, handler) => {
  const test = useApplication({
    providers: [Worker],
    nest: {
      instrument: {
        instanceDecorator: (one: unknown): unknown => {
          if (typeof one !== 'object' || one === null || isBuiltIn(one)) return one;
          const proxy = new Proxy(one, handler(one));
          proxies.add(proxy);
          return proxy;
        },
      },
    },
  });
  const proxies = new WeakSet<object>();

  const ends = async (job: QueueJob): Promise<unknown> => test.queue.finished(job, { timeout: 5_000 });

  it('delays by the class and by the injected instance', async () => {
    const worker = test.get(Worker);
    expect(proxies.has(worker)).toBe(true);
    expect(await ends(await test.queue.withDelay(Worker).run(1))).toBe(1);
    expect(await ends(await test.queue.withDelay(worker).run(2))).toBe(2);
  });

  it('delays by `this`, which may be behind the proxy', async () => {
    const job = await test.queue.withDelay(Worker).delaysItself();
    const later = (await ends(job)) as string;
    await expect(test.queue.finished(later, { timeout: 5_000 })).resolves.toBe('later');
  });

  it('stores in the transaction of a given manager, and not after its rollback', async () => {
    const { dataSource, queue } = test;
    const kept = await dataSource.transaction(async (manager) =>
      queue.withDelay(Worker, { manager, identityKey: 'kept' }).run('kept'),
    );
    expect(await ends(kept)).toBe('kept');
    const undone = dataSource.transaction(async (manager) => {
      await queue.withDelay(Worker, { manager, priority: 77 }).run('undone');
      await chain(queue.delayable(Worker, { priority: 77 }).run(1), queue.delayable(Worker).run(2)).delay({
        manager,
      });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await queue.list({ priority: 77 })).toEqual([]);
    expect(await ends(await queue.withDelay(Worker, { manager: dataSource.manager }).run(3))).toBe(3);
  });

  it('stores what a transactional job delays in its transaction, and not after its rollback', async () => {
    await ends(await test.queue.withDelay(Worker).write());
    expect(await test.queue.list({ priority: 79 })).toHaveLength(1);
    await ends(await test.queue.withDelay(Worker).undo());
    expect(await test.queue.list({ priority: 78 })).toEqual([]);
  });

  it('lists and changes channels, nodes and jobs', async () => {
    const channels = test.app.get(ChannelService);
    await test.queue.withDelay(Worker, { channel: 'root.x', eta: '1h' }).run(1);
    await channels.configure('root.x', { capacity: 1 });
    expect(await channels.list()).toContainEqual(expect.objectContaining({ name: 'root.x', capacity: 1 }));
    expect(await test.app.get(NodeService).list()).toHaveLength(1);
    const job = await test.queue.withDelay(Worker, { eta: '1h' }).run(1);
    expect(await test.queue.cancel(job.uuid, { by: 'somebody' })).toMatchObject({ state: 'cancelled' });
  });
});
