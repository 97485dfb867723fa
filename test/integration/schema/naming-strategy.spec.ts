import { Injectable } from '@nestjs/common';
import { Column, DefaultNamingStrategy, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Job, QueueJob, QueueJobAttempt, QueueJobHistory, RetryableJobError } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** Changes every name, also one that stands in the entity. */
class ChangesEverything extends DefaultNamingStrategy {
  override tableName(className: string, given: string | undefined): string {
    return `app_${given ?? className}s`.toLowerCase();
  }

  override columnName(property: string, given: string | undefined, prefixes: string[]): string {
    return `c_${super.columnName(property, given as string, prefixes)}`.toLowerCase();
  }

  override prefixTableName(prefix: string, name: string): string {
    return `${prefix}x_${name}`;
  }
}

@Entity({ name: 'order' })
class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  customerName!: string;
}

@Injectable()
class Worker {
  @Job({ retryPattern: { 1: 0 } })
  async greet(order: Order): Promise<string> {
    return `hello ${order.customerName}`;
  }

  @Job()
  async later(): Promise<void> {
    throw new RetryableJobError('later');
  }
}

describe('a naming strategy that changes explicit names', () => {
  let database: TestDatabase;
  let test: TestApplication | undefined;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    await database.asAdmin(`CREATE SCHEMA jobs AUTHORIZATION ${database.role}`);
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
    await database.drop();
  });

  it.each<[string, object, object]>([
    ['with synchronize', {}, {}],
    ['with a prefix', { entityPrefix: 'one_' }, {}],
    ['in a schema of the queue', {}, { schema: 'jobs' }],
  ])('changes those of the application and not those of the queue, %s', async (_, dataSource, options) => {
    const start = async (): Promise<TestApplication> =>
      startApplication({
        url: database.url,
        providers: [Worker],
        entities: [Order],
        options,
        dataSource: { synchronize: true, namingStrategy: new ChangesEverything(), ...dataSource },
      });
    test = await start();
    const { queue, dataSource: source } = test;
    const order = await source.getRepository(Order).save({ customerName: 'Ada' });
    const job = await queue.withDelay(Worker).greet(order);
    await expect(queue.finished(job, { timeout: 5_000 })).resolves.toBe('hello Ada');
    const waiting = await queue.withDelay(Worker, { eta: '1h' }).greet(order);
    const repository = source.getRepository(QueueJob);
    expect(await repository.findOneByOrFail({ uuid: waiting.uuid })).toMatchObject({ name: 'Worker.greet' });
    expect(await repository.countBy({ maxRetries: 5 })).toBe(1);
    expect(await source.getRepository(QueueJobHistory).findOneByOrFail({ uuid: job.uuid })).toMatchObject({
      state: 'done',
    });
    expect(await source.getRepository(QueueJobAttempt).count()).toBe(0);
    await test.close();
    test = await start();
    expect((await test.queue.find(job.uuid))?.state).toBe('done');
    const names = (await test.dataSource.query(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname LIKE '%queue%'`,
    )) as { name: string }[];
    const prefix = 'entityPrefix' in dataSource ? 'one_' : '';
    expect(names.filter(({ name }) => !name.startsWith(`${prefix}queue_job`))).toEqual([]);
    expect(names.length).toBeGreaterThan(10);
  });
});
