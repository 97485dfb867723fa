import { Injectable } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  getDataSourceByName,
  initializeTransactionalContext,
  Propagation,
  runInTransaction,
  StorageDriver,
} from 'typeorm-transactional';
import {
  BatchService,
  group,
  Job,
  type QueueJob,
  QueueJobModule,
  QueueService,
  typeormTransactions,
} from '../../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  during: () => unknown = () => undefined;

  @Job()
  async take(..._args: unknown[]): Promise<void> {}

  @Job()
  async plain(): Promise<unknown> {
    return this.during();
  }

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    return this.during();
  }
}

describe('beside typeorm-transactional', () => {
  let database: TestDatabase;
  let app: Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;
  let queue: QueueService;
  let batches: BatchService;
  let worker: Worker;
  let dataSource: DataSource;

  beforeAll(async () => {
    initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });
    database = await createTestDatabase();
    class Module {}
    app = await NestFactory.createApplicationContext(
      {
        module: Module,
        imports: [
          TypeOrmModule.forRootAsync({
            useFactory: () => ({
              type: 'postgres',
              url: database.url,
              autoLoadEntities: true,
              retryAttempts: 1,
            }),
            dataSourceFactory: async (options) => {
              const made = new DataSource(options as never);
              await made.initialize();
              return addTransactionalDataSource(made);
            },
          }),
          QueueJobModule.forRoot({
            channels: 'held:1:paused',
            runner: { shutdownTimeout: 2_000 },
            transactionManager: typeormTransactions({ getDataSourceByName, runInTransaction }),
          }),
        ],
        providers: [Worker],
      },
      { logger: false, abortOnError: false },
    );
    queue = app.get(QueueService);
    batches = app.get(BatchService);
    worker = app.get(Worker);
    dataSource = app.get(DataSource);
    await dataSource.query('CREATE TABLE effect (number integer)');
  });

  afterAll(async () => {
    deleteDataSourceByName('default');
    await app.close();
    await database.drop();
  });

  const held = { channel: 'held' } as const;
  const calls: [string, () => Promise<string>][] = [
    ['a call', async () => (await queue.withDelay(worker, held).take()).uuid],
    [
      'a call with a key',
      async () => (await queue.withDelay(worker, { ...held, identityKey: 'k' }).take()).uuid,
    ],
    ['a call by name', async () => (await queue.enqueue('Worker.take', [], held)).uuid],
    [
      'a graph',
      async () => {
        const jobs = queue.delayable(worker, held);
        const child = jobs.take();
        await group(jobs.take(), jobs.take()).onDone(child).delay();
        return child.uuid;
      },
    ],
    [
      'a graph with a key',
      async () => {
        const jobs = queue.delayable(worker, { ...held, identityKey: 'g' });
        return (await jobs.take().onDone(queue.delayable(worker, held).take()).delay()).uuid;
      },
    ],
    [
      'many calls',
      async () => ((await queue.delayAll([queue.delayable(worker, held).take()]))[0] as QueueJob).uuid,
    ],
    [
      'a batch',
      async () => {
        const batch = await batches.create('b', { jobs: [queue.delayable(worker, held).take()] });
        return (await queue.list({ batchUuid: batch.uuid }))[0]?.uuid ?? batch.uuid;
      },
    ],
  ];

  it.each(calls)('%s is a part of the transaction, and gone with it', async (_, call) => {
    let uuid: string | undefined;
    const work = runInTransaction(async () => {
      uuid = await call();
      await dataSource.manager.query('INSERT INTO effect VALUES (1)');
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await queue.find(uuid as string)).toBeNull();
    expect(await batches.find(uuid as string)).toBeNull();
    uuid = await runInTransaction(call);
    expect((await queue.find(uuid)) ?? (await batches.find(uuid))).not.toBeNull();
    expect(await dataSource.query('SELECT FROM effect')).toEqual([]);
    await dataSource.query('DELETE FROM queue_job');
  });

  it('the method of a transactional job, and what it calls, uses its transaction', async () => {
    worker.during = async () => {
      await dataSource.manager.query('INSERT INTO effect VALUES (2)');
      await runInTransaction(async () => dataSource.manager.query('INSERT INTO effect VALUES (3)'));
      return (await queue.withDelay(worker, held).take()).uuid;
    };
    const uuid = (await queue.finished(await queue.withDelay(worker).whole())) as string;
    expect(await queue.find(uuid)).not.toBeNull();
    expect((await dataSource.query<unknown[]>('SELECT FROM effect')).length).toBe(2);
    await dataSource.query('DELETE FROM effect');
    const before = worker.during;
    let lost: string | undefined;
    worker.during = async () => {
      lost = (await before()) as string;
      throw new Error('rolled back');
    };
    await expect(queue.finished(await queue.withDelay(worker).whole())).rejects.toThrow('rolled back');
    expect(await queue.find(lost as string)).toBeNull();
    expect(await dataSource.query('SELECT FROM effect')).toEqual([]);
    worker.during = () => undefined;
    await dataSource.query('DELETE FROM queue_job');
  });

  it('a call outside of its transaction is stored at once', async () => {
    let uuid: string | undefined;
    const work = runInTransaction(async () => {
      await dataSource.manager.query('SELECT 1');
      const options = { propagation: Propagation.NOT_SUPPORTED };
      uuid = await runInTransaction(async () => (await queue.withDelay(worker, held).take()).uuid, options);
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await queue.find(uuid as string)).not.toBeNull();
  });

  it('a job that was called in a transaction runs outside of it', async () => {
    const seen: unknown[] = [];
    worker.during = () => void seen.push(dataSource.manager.queryRunner?.isTransactionActive);
    const job = await runInTransaction(async () => queue.withDelay(worker).plain());
    await queue.finished(job, { timeout: 5_000 });
    expect(seen).toEqual([undefined]);
  });

  const separate = { propagation: Propagation.REQUIRES_NEW };

  it('a transaction of its own inside of a transactional job has the jobs that are called in it', async () => {
    let inner: string | undefined;
    let outer: string | undefined;
    worker.during = async () => {
      await runInTransaction(async () => {
        inner = (await queue.withDelay(worker, held).take()).uuid;
        throw new Error('inner');
      }, separate).catch(() => undefined);
      outer = (await queue.withDelay(worker, held).take()).uuid;
    };
    await queue.finished(await queue.withDelay(worker).whole(), { timeout: 5_000 });
    expect(await queue.find(inner as string)).toBeNull();
    expect(await queue.find(outer as string)).not.toBeNull();
  });
});
