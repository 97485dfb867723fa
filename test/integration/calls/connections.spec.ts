import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { currentJob, group, Job, type QueueJob, QueueService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { Store } from '../../../lib/store/store.js';
import { connect } from '../../support/recorder-jobs.js';
import { Gate } from '../../support/gate.js';

@Entity()
class Person {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  name!: string;
}

const POOL = 4;
const MANY = 12;
let captured: Person | null = null;

@Injectable()
class Worker {
  during: () => unknown = () => undefined;
  names: unknown[] = [];

  constructor(readonly queue: QueueService) {}

  @Job()
  async take(...args: unknown[]): Promise<unknown> {
    return args[0] ?? null;
  }

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    // All have their connection before one goes on.
    await currentJob().manager.query('SELECT pg_sleep(0.05)');
    return this.during();
  }
}

describe('the connections of the application', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;
  let person: Person;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      entities: [Person],
      dataSource: { synchronize: true, poolSize: POOL },
      options: {
        channels: 'held:1:paused',
        runner: { concurrency: POOL + 1 },
        context: {
          capture: () => captured,
          run: async (given, work) => {
            worker.names.push((given as Person | null)?.name);
            return work();
          },
        },
      },
      logger: false,
    });
    worker = test.get(Worker);
    person = await test.dataSource.manager.save(Object.assign(new Person(), { name: 'Ada' }));
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => {
    captured = null;
    worker.names = [];
    worker.during = () => undefined;
  });

  const finished = async (jobs: readonly QueueJob[]): Promise<unknown[]> =>
    Promise.all(jobs.map(async (job) => test.queue.finished(job, { timeout: 10_000 })));
  const wholes = async (): Promise<QueueJob[]> => {
    const jobs = test.queue.delayable(worker);
    return test.queue.delayAll(Array.from({ length: MANY }, () => jobs.whole()));
  };

  it('are enough for transactional jobs with an entity in their captured context', async () => {
    captured = person;
    const jobs = await wholes();
    captured = null;
    await finished(jobs);
    expect(worker.names).toEqual(Array.from({ length: MANY }, () => 'Ada'));
  });

  it('are enough for transactional jobs that ask for the results of their parents, entities among them', async () => {
    const results: unknown[] = [];
    worker.during = async () => void results.push(...(await currentJob().parentResults()));
    const jobs = test.queue.delayable(worker);
    const stored = await Promise.all(
      Array.from({ length: MANY }, async () => {
        const child = jobs.whole();
        await jobs.take(person).onDone(child).delay();
        return child.uuid;
      }),
    );
    await Promise.all(stored.map(async (uuid) => test.queue.finished(uuid, { timeout: 10_000 })));
    expect(results).toEqual(Array.from({ length: MANY }, () => person));
  });

  it('are enough for transactional jobs that look at jobs with entities', async () => {
    const other = await test.queue.withDelay(worker, { channel: 'held' }).take(person);
    const found: unknown[] = [];
    worker.during = async () => {
      found.push((await test.queue.find(other.uuid))?.args[0]);
      found.push((await test.queue.list({ uuids: [other.uuid] }))[0]?.args[0]);
    };
    await finished(await wholes());
    expect(found).toEqual(Array.from({ length: 2 * MANY }, () => person));
    await test.queue.delete(other.uuid);
  });

  it('are enough for transactional jobs that run others at once', async () => {
    worker.during = async () => test.queue.withDelay(worker, { noDelay: true }).take(person);
    await expect(finished(await wholes())).resolves.toHaveLength(MANY);
  });

  it.each([
    [
      'calls',
      (key: string, manager: never) =>
        test.queue.withDelay(worker, { identityKey: key, manager }).take(person),
    ],
    [
      'graphs',
      (key: string, manager: never) => {
        const jobs = test.queue.delayable(worker, { identityKey: key, channel: 'held' });
        return group(jobs.take(person), test.queue.delayable(worker, { channel: 'held' }).take()).delay({
          manager,
        });
      },
    ],
  ] as const)(
    'are enough for %s with a key, whose twin has an entity, in as many transactions',
    async (kind, call) => {
      const twin = await test.queue.withDelay(worker, { channel: 'held', identityKey: kind }).take(person);
      const all = new Gate();
      let open = 0;
      await Promise.all(
        Array.from({ length: POOL }, async () =>
          test.dataSource.transaction(async (manager) => {
            if (++open === POOL) all.open();
            await all.opened;
            const [job] = [await call(kind, manager as never)].flat();
            expect(job).toMatchObject({ uuid: twin.uuid, deduplicated: true, args: [person] });
          }),
        ),
      );
      await test.queue.delete(twin.uuid);
    },
  );

  it('are enough for thirty graphs with one key and no transaction', async () => {
    const jobs = test.queue.delayable(worker, { channel: 'held' });
    const keyed = test.queue.delayable(worker, { identityKey: 'thirty', channel: 'held' });
    const graphs = Array.from({ length: 30 }, async () => keyed.take(person).onDone(jobs.take()).delay());
    const stored = await Promise.all(graphs);
    expect(new Set(stored.map(({ uuid }) => uuid)).size).toBe(1);
    expect(stored.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
  });

  describe('while a transaction of somebody else holds identity keys', () => {
    const holding = async (
      keys: readonly string[],
      work: (waiting: Promise<QueueJob>[]) => Promise<void>,
      end: 'commitTransaction' | 'rollbackTransaction',
      call: (key: string) => Promise<QueueJob> = async (key) =>
        test.queue.withDelay(worker, { channel: 'held', identityKey: key }).take(person),
    ): Promise<QueueJob[]> => {
      const runner = test.dataSource.createQueryRunner();
      await runner.startTransaction();
      try {
        for (const identityKey of keys)
          await test.queue
            .withDelay(worker, { channel: 'held', identityKey, manager: runner.manager })
            .take(1);
        const waiting = keys.flatMap((key) => [call(key), call(key)]);
        await work(waiting);
        await runner[end]();
        return await Promise.all(waiting);
      } finally {
        await runner.release();
      }
    };
    const isAnswered = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const began = performance.now();
        await Promise.all(Array.from({ length: POOL - 2 }, async () => test.dataSource.query('SELECT 1')));
        await test.queue.withDelay(worker, { channel: 'held' }).take();
        await test.queue.withDelay(worker, { channel: 'held', identityKey: `free ${Math.random()}` }).take();
        expect(performance.now() - began).toBeLessThan(10_000);
      }
    };
    const keysOf = (name: string): string[] => Array.from({ length: 10 }, (_, at) => `${name} ${at}`);

    it('calls with these wait for its commit, on none of them, and get its jobs', async () => {
      const jobs = await holding(keysOf('commit'), isAnswered, 'commitTransaction');
      expect(jobs.every(({ args, deduplicated }) => deduplicated && args[0] === 1)).toBe(true);
    });

    it('calls with these wait for its rollback, and one of each key is stored', async () => {
      const jobs = await holding(keysOf('rollback'), isAnswered, 'rollbackTransaction');
      expect(jobs.filter(({ deduplicated }) => !deduplicated)).toHaveLength(10);
      expect(new Set(jobs.map(({ uuid }) => uuid)).size).toBe(10);
      expect(jobs.map(({ args }) => args[0])).toEqual(jobs.map(() => person));
    });

    it('graphs and many calls with these wait likewise', async () => {
      const graph = async (key: string): Promise<QueueJob> => {
        const keyed = test.queue.delayable(worker, { channel: 'held', identityKey: key });
        return keyed
          .take(person)
          .onDone(test.queue.delayable(worker, { channel: 'held' }).take())
          .delay();
      };
      const graphs = await holding(keysOf('graph'), isAnswered, 'commitTransaction', graph);
      expect(graphs.every(({ deduplicated }) => deduplicated)).toBe(true);
      const many = async (key: string): Promise<QueueJob> => {
        const keyed = test.queue.delayable(worker, { channel: 'held', identityKey: key });
        return (await test.queue.delayAll([keyed.take(person), test.queue.delayable(worker, { channel: 'held' }).take()]))[0] as QueueJob; // prettier-ignore
      };
      const stored = await holding(keysOf('many'), isAnswered, 'rollbackTransaction', many);
      expect(new Set(stored.map(({ uuid }) => uuid)).size).toBe(10);
    }, 20_000);
  });

  it('of a batch that is closed while somebody adds to it are not needed either', async () => {
    const batches = await Promise.all(
      Array.from({ length: POOL }, async (_, at) => test.batches.create(`b${at}`)),
    );
    const runner = test.dataSource.createQueryRunner();
    await runner.startTransaction();
    for (const batch of batches)
      await batch.add(test.queue.delayable(worker, { channel: 'held' }).take(), { manager: runner.manager });
    const closing = batches.map(async (batch) => batch.close());
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await Promise.all(Array.from({ length: POOL - 1 }, async () => test.dataSource.query('SELECT 1')));
    }
    expect((await batches[0]?.progress())?.state).toBe('open');
    await runner.commitTransaction();
    await runner.release();
    await Promise.all(closing);
    expect(await batches[0]?.progress()).toMatchObject({ state: 'closed', total: 1 });
  });

  it('and our own: slow looks hold up no call', async () => {
    const { database: own } = test.get(Store);
    const client = await connect(database.url);
    await client.query('SELECT pg_advisory_lock(1)');
    const looks = Array.from({ length: 4 }, async () => own.look('SELECT pg_advisory_lock_shared(1)'));
    await test.queue.withDelay(worker, { channel: 'held.never.before' }).take();
    await test.queue.withDelay(worker, { channel: 'held', identityKey: 'slow looks' }).take();
    await client.end();
    await Promise.all(looks);
  });
});
