import { Injectable } from '@nestjs/common';
import {
  Column,
  DeleteDateColumn,
  Entity,
  type Logger,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { Job, JobFailedError, UnserializableArgumentError } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Entity()
class Product {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

@Entity()
class OrderLine {
  @PrimaryColumn({ type: 'integer' })
  orderId!: number;

  @PrimaryColumn({ type: 'text' })
  sku!: string;

  @Column({ type: 'integer' })
  amount!: number;
}

@Entity()
class Reading {
  @PrimaryColumn({ type: 'bigint' })
  id!: string;
}

@Injectable()
class Worker {
  work: (...args: never[]) => unknown = () => undefined;

  @Job()
  async take(...args: unknown[]): Promise<unknown> {
    return this.work(...(args as never[]));
  }

  @Job({ missing: 'null' })
  async takeNull(...args: unknown[]): Promise<unknown> {
    return this.work(...(args as never[]));
  }
}

/** The queries that TypeORM sends for the application. */
const selects: string[] = [];
const queryLog: Partial<Logger> = {
  logQuery: (query) => void (query.startsWith('SELECT') && selects.push(query)),
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

describe('entities among the arguments of a job', () => {
  const test = useApplication({
    providers: [Worker],
    entities: [Product, OrderLine, Reading],
    dataSource: { synchronize: true, logging: ['query'], logger: queryLog },
    logger: false,
  });
  let worker: Worker;
  let products: Product[];

  beforeAll(async () => {
    worker = test.get(Worker);
    const names = ['chair', 'table', 'lamp'];
    products = await test.dataSource.manager.save(
      names.map((name) => Object.assign(new Product(), { name })),
    );
  });

  /** What the method gets. */
  const received = async (args: unknown[], method: 'take' | 'takeNull' = 'take'): Promise<unknown[]> => {
    let got: unknown[] = [];
    worker.work = (...given: unknown[]) => void (got = given);
    await test.queue.finished(await test.queue.withDelay(worker)[method](...args), { timeout: 5_000 });
    return got;
  };

  it('travel as references, and are read anew', async () => {
    const [chair] = products as [Product];
    worker.work = (product: Product) => product.name;
    const job = await test.queue.withDelay(worker, { eta: '1h' }).take(chair);
    await test.dataSource.manager.update(Product, chair.id, { name: 'armchair' });
    const [{ args }] = (await test.dataSource.query('SELECT args::text FROM queue_job WHERE uuid = $1', [
      job.uuid,
    ])) as [{ args: string }];
    expect(args).not.toContain('chair');
    await test.queue.postpone(job.uuid, { seconds: 0 });
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('armchair');
    expect((await test.queue.find(job.uuid))?.args[0]).toBeInstanceOf(Product);
  });

  it('may have keys of several columns, or a bigint key', async () => {
    const lines = [1, 2].map((orderId) => Object.assign(new OrderLine(), { orderId, sku: 'a', amount: 9 }));
    const reading = Object.assign(new Reading(), { id: '9007199254740993' });
    await test.dataSource.manager.save([...lines, reading]);
    const got = await received([lines[1], { lines }, reading]);
    expect(got).toEqual([lines[1], { lines }, reading]);
    expect(got[0]).toBeInstanceOf(OrderLine);
    expect(got[2]).toBeInstanceOf(Reading);
  });

  it('are read in one query, those of one kind, wherever they stand', async () => {
    const [first, second, third] = products as [Product, Product, Product];
    selects.length = 0;
    const [list, again] = (await received([[third, first], { again: second, first }])) as [
      Product[],
      { again: Product; first: Product },
    ];
    expect(list.map(({ id }) => id)).toEqual([third.id, first.id]);
    expect(again.again.id).toBe(second.id);
    expect(again.first).toBe(list[1]);
    expect(selects.filter((query) => query.includes('"product"')).length).toBe(1);
  });

  it('are gone where they were deleted softly', async () => {
    const [gone] = await test.dataSource.manager.save([Object.assign(new Product(), { name: 'old' })]);
    await test.dataSource.manager.softRemove(gone as Product);
    expect(await received([gone], 'takeNull')).toEqual([null]);
  });

  it('that are gone fail a job whose context is damaged as well, and nothing else', async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown): number => rejected.push(reason);
    process.on('unhandledRejection', note);
    const [gone] = await test.dataSource.manager.save([Object.assign(new Product(), { name: 'old' })]);
    const id = (gone as Product).id;
    await test.dataSource.manager.delete(Product, id);
    const reference = Object.assign(new Product(), { id });
    const job = await test.queue.withDelay(worker, { eta: '1h' }).take('x', [reference]);
    await test.dataSource.query(
      `UPDATE queue_job SET context = '{"$type":"Nobody","value":1}', eta = NULL, phase = 2 WHERE uuid = $1`,
      [job.uuid],
    );
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow(JobFailedError);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', note);
    expect(rejected).toEqual([]);
  });

  it('fail the job where they are gone, or are null where the job wants that', async () => {
    const [gone] = await test.dataSource.manager.save([Object.assign(new Product(), { name: 'old' })]);
    const id = (gone as Product).id;
    await test.dataSource.manager.delete(Product, id);
    const reference = Object.assign(new Product(), { id });
    const failed = test.queue.finished(await test.queue.withDelay(worker).take('x', [reference]));
    await expect(failed).rejects.toThrow(JobFailedError);
    await expect(failed).rejects.toThrow(`RecordGoneError: args[1][0]: Product (id: ${id}) no longer exists`);
    expect(await received(['x', [reference, products[1]]], 'takeNull')).toMatchObject([
      'x',
      [null, { name: 'table' }],
    ]);
  });

  it('are refused where they have no key yet, and nothing is stored', async () => {
    const before = await test.queue.counts();
    const refused = test.queue.withDelay(worker).take([new Product()]);
    await expect(refused).rejects.toThrow(UnserializableArgumentError);
    await expect(refused).rejects.toThrow(
      'args[0][0] can not be carried as a reference: is a Product without id',
    );
    expect(await test.queue.counts()).toEqual(before);
  });
});
