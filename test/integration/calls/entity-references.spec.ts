import { Injectable } from '@nestjs/common';
import {
  Column,
  DeleteDateColumn,
  Entity,
  type Logger,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { Job, JobFailedError, UnserializableArgumentError } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

const shop = (() => {
  @Entity({ name: 'shop_category' })
  class Category {
    @PrimaryGeneratedColumn()
    id!: number;

    @Column({ type: 'text' })
    name!: string;
  }
  return { Category };
})();

const blog = (() => {
  @Entity({ name: 'blog_category' })
  class Category {
    @PrimaryGeneratedColumn()
    id!: number;

    @Column({ type: 'text' })
    name!: string;
  }
  return { Category };
})();

const archive = (() => {
  @Entity({ name: 'shop_category', schema: 'archive' })
  class Category {
    @PrimaryGeneratedColumn()
    id!: number;

    @Column({ type: 'text' })
    name!: string;
  }
  return { Category };
})();

@Entity()
class Owner {
  @PrimaryGeneratedColumn()
  id!: number;

  @OneToMany(() => Pet, (pet) => pet.owner, { eager: true })
  pets!: Pet[];

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

@Entity()
class Pet {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToOne(() => Owner, (owner) => owner.pets)
  owner!: Owner;

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

@Entity()
class ByUuid {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
}

@Entity()
class ByChar {
  @PrimaryColumn({ type: 'char', length: 10 })
  id!: string;
}

@Entity()
class ByNumeric {
  @PrimaryColumn({ type: 'numeric', precision: 12, scale: 3 })
  id!: string;
}

@Entity()
class ByDate {
  @PrimaryColumn({ type: 'date' })
  id!: string | Date;
}

@Entity()
class ByTime {
  @PrimaryColumn({ type: 'timestamptz' })
  at!: Date;

  @PrimaryColumn({ type: 'bigint' })
  number!: string | number;
}

@Entity()
class ByBytes {
  @PrimaryColumn({ type: 'bytea' })
  id!: Buffer;
}

@Injectable()
class Worker {
  got: unknown[] = [];

  @Job({ maxRetries: 1 })
  async take(...args: unknown[]): Promise<unknown> {
    this.got = args;
    return args[0] ?? null;
  }

  @Job({ maxRetries: 1, transactional: true })
  async whole(...args: unknown[]): Promise<void> {
    this.got = args;
  }
}

const ENTITIES = [
  shop.Category,
  blog.Category,
  archive.Category,
  Owner,
  Pet,
  ByUuid,
  ByChar,
  ByNumeric,
  ByDate,
  ByTime,
  ByBytes,
];

const selects: string[] = [];
const queryLog: Partial<Logger> = {
  logQuery: (query) => void (query.startsWith('SELECT') && selects.push(query)),
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

describe('a reference to an entity', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.asAdmin(`CREATE SCHEMA archive AUTHORIZATION ${database.role}`);
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      entities: ENTITIES,
      dataSource: {
        synchronize: true,
        logging: ['query'],
        logger: queryLog,
        cache: { alwaysEnabled: true, duration: 60_000 },
      },
      options: { channels: 'held:1:paused' },
      logger: false,
    });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const save = async <T extends object>(Class: new () => T, values: Partial<T>): Promise<T> =>
    test.dataSource.manager.save(Object.assign(new Class(), values));
  const received = async (...args: unknown[]): Promise<unknown[]> => {
    await test.queue.finished(await test.queue.withDelay(worker).take(...args), { timeout: 20_000 });
    return worker.got;
  };

  it('names the table as well: classes of one name are told apart, also in two schemas', async () => {
    const [first, second, third] = [
      await save(shop.Category, { name: 'shoes' }),
      await save(blog.Category, { name: 'travel' }),
      await save(archive.Category, { name: 'hats' }),
    ];
    expect(new Set([first.id, second.id, third.id])).toEqual(new Set([1]));
    const got = await received(second, third, first);
    expect(got).toEqual([second, third, first]);
    expect(got[0]).toBeInstanceOf(blog.Category);
    expect(got[1]).toBeInstanceOf(archive.Category);
    expect(got[2]).toBeInstanceOf(shop.Category);
  });

  it('without its table is enough where one entity has the name, and fails the job where several have it', async () => {
    const owner = await save(Owner, { pets: [] });
    const store = async (entity: string, id: number): Promise<string> => {
      const job = await test.queue.withDelay(worker, { channel: 'held' }).take();
      await test.dataSource.query(`UPDATE queue_job SET args = $2, channel = 'root' WHERE uuid = $1`, [
        job.uuid,
        JSON.stringify([{ $type: 'Entity', value: { entity, id: { id } } }]),
      ]);
      await test.queue.withDelay(worker).take();
      return job.uuid;
    };
    await test.queue.finished(await store('Owner', owner.id), { timeout: 20_000 });
    const failed = test.queue.finished(await store('Category', 1), { timeout: 20_000 });
    await expect(failed).rejects.toThrow(JobFailedError);
    await expect(failed).rejects.toThrow('shop_category, blog_category, archive.shop_category');
  });

  it('of a table that this application lacks never takes another table of that name of entity', async () => {
    const job = await test.queue.withDelay(worker, { channel: 'held' }).take(await save(Owner, { pets: [] }));
    await test.dataSource.query(
      `UPDATE queue_job SET args = replace(args::text, '"owner"', '"somebody"')::json, channel = 'root' WHERE uuid = $1`,
      [job.uuid],
    );
    await test.queue.withDelay(worker).take();
    await expect(test.queue.finished(job, { timeout: 20_000 })).rejects.toThrow(
      'Owner of the table somebody',
    );
  });

  const uuid = 'a2b4c6d8-1234-4abc-8def-0123456789ab';
  const at = new Date('2026-03-04T05:06:07.089Z');
  const keys: [string, new () => object, object, object][] = [
    ['an uuid in capitals', ByUuid, { id: uuid }, { id: uuid.toUpperCase() }],
    ['an uuid without hyphens', ByUuid, { id: uuid }, { id: uuid.replaceAll('-', '') }],
    ['a char(10) without its blanks', ByChar, { id: 'abc' }, { id: 'abc' }],
    ['a numeric without its zeros', ByNumeric, { id: '1.500' }, { id: '1.5' }],
    ['a numeric as a number', ByNumeric, { id: '1.500' }, { id: 1.5 }],
    ['a date as a Date', ByDate, { id: '2026-03-04' }, { id: new Date(2026, 2, 4) }],
    ['a time and a number', ByTime, { at, number: '7' }, { at, number: 7 }],
    ['bytes', ByBytes, { id: Buffer.from([0xff, 0xfe]) }, { id: Buffer.from([0xff, 0xfe]) }],
  ];
  it.each(keys)('finds its row by %s', async (_, Class, stored, given) => {
    await test.dataSource.manager.clear(Class);
    await save(Class, stored);
    const [row] = await test.dataSource.manager.find(Class, { cache: false });
    expect(await received(Object.assign(new Class(), given))).toEqual([row]);
    const both = [Object.assign(new Class(), given), Object.assign(new Class(), stored)];
    expect(await received(both)).toEqual([[row, row]]);
  });

  it('reads the row as it is now, past the query cache', async () => {
    const category = await save(blog.Category, { name: 'old' });
    await received(category);
    await test.dataSource.query('UPDATE blog_category SET name = $2 WHERE id = $1', [category.id, 'new']);
    expect(await received(category)).toMatchObject([{ name: 'new' }]);
  });

  it('finds what findOneOrFail() finds: nothing that was deleted softly, nor among its relations', async () => {
    const owner = await save(Owner, { pets: [] });
    const pet = await save(Pet, { owner });
    const gone = await save(Pet, { owner });
    await test.dataSource.manager.softRemove(gone);
    const [got] = (await received(owner)) as [Owner];
    expect(got.pets.map(({ id }) => id)).toEqual([pet.id]);
    const job = await test.queue.withDelay(worker, { channel: 'held' }).take(owner);
    await test.dataSource.manager.softRemove(owner);
    await test.dataSource.query(`UPDATE queue_job SET channel = 'root' WHERE uuid = $1`, [job.uuid]);
    await test.queue.withDelay(worker).take();
    await expect(test.queue.finished(job, { timeout: 20_000 })).rejects.toThrow('RecordGoneError');
  });

  it('is read with all others of its kind, more than one query can take', async () => {
    await test.dataSource.query(
      `INSERT INTO shop_category (name) SELECT 'many' FROM generate_series(1, 10500)`,
    );
    const all = await test.dataSource.manager.find(shop.Category, { where: { name: 'many' }, cache: false });
    selects.length = 0;
    const [got] = (await received(all)) as [unknown[]];
    expect(got).toEqual(all);
    // Twice: for the job, and for its result.
    expect(selects.filter((query) => query.includes('shop_category')).length).toBe(4);
  }, 60_000);

  it.each(['list', 'graph', 'waitingFor'] as const)('is read once for all jobs of %s()', async (look) => {
    const category = await save(blog.Category, { name: 'one' });
    const jobs = test.queue.delayable(worker, { channel: 'held' });
    const child = jobs.take();
    const parents = Array.from({ length: 50 }, (_, number) => jobs.take(number, category).onDone(child));
    const stored = await test.queue.delayAll([...parents, child]);
    selects.length = 0;
    const { graphUuid } = stored[0] as { graphUuid: string };
    const found = {
      list: async () => test.queue.list({ graphUuid }),
      graph: async () => (await test.queue.graph(graphUuid)).jobs,
      waitingFor: async () => test.queue.waitingFor(child.uuid),
    };
    const read = await found[look]();
    expect(read.filter(({ args }) => (args[1] as { name?: string } | undefined)?.name === 'one').length).toBe(
      50,
    );
    expect(selects.filter((query) => query.includes('blog_category')).length).toBe(1);
  });

  it('that is damaged in one job of a list spoils no other', async () => {
    const category = await save(blog.Category, { name: 'whole' });
    const jobs = test.queue.delayable(worker, { channel: 'held' });
    const stored = await test.queue.delayAll([jobs.take(category), jobs.take(category), jobs.take(category)]);
    const [one, two] = stored;
    const tag = (entity: string, id: unknown): string =>
      JSON.stringify([{ $type: 'Entity', value: { entity, id: { id } } }]);
    await test.dataSource.query('UPDATE queue_job SET args = $2 WHERE uuid = $1', [one?.uuid, tag('ByUuid', 'no uuid')]); // prettier-ignore
    await test.dataSource.query('UPDATE queue_job SET args = $2 WHERE uuid = $1', [
      two?.uuid,
      tag('Nobody', 1),
    ]);
    const read = await test.queue.list({ uuids: stored.map((job) => job.uuid) });
    expect(read.map(({ args }) => args[0])).toEqual([
      category,
      { $type: 'Entity', value: { entity: 'Nobody', id: { id: 1 } } },
      { $type: 'Entity', value: { entity: 'ByUuid', id: { id: 'no uuid' } } },
    ]);
  });

  it('is not made of a job', async () => {
    const job = await test.queue.withDelay(worker).take();
    const refused = test.queue.withDelay(worker).take({ job });
    await expect(refused).rejects.toThrow(UnserializableArgumentError);
    await expect(refused).rejects.toThrow('args[0].job can not be carried as a reference: it is a QueueJob');
    const found = await test.queue.find(job.uuid);
    await expect(test.queue.withDelay(worker).take(found)).rejects.toThrow('Pass its uuid');
  });
});

describe('while the database does not answer', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      entities: [blog.Category],
      dataSource: { synchronize: true, poolSize: 1, connectTimeoutMS: 1_500 },
      logger: false,
    });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it.each(['take', 'whole'] as const)(
    'the arguments of a job wait for it, and the attempt does not count: %s()',
    async (method) => {
      worker.got = [];
      const category = await test.dataSource.manager.save(
        Object.assign(new blog.Category(), { name: 'late' }),
      );
      // The only connection of the application.
      const runner = test.dataSource.createQueryRunner();
      await runner.connect();
      const job = await test.queue.withDelay(worker)[method](category);
      const waiting = await eventually(async () => {
        const [row] = await runner.query('SELECT state, retry, exc_message FROM queue_job WHERE uuid = $1', [
          job.uuid,
        ]);
        expect(row).toMatchObject({ state: 'pending', retry: 0 });
        expect(row.exc_message).toMatch(/^The database did not answer for the /);
        return row as { exc_message: string };
      });
      expect(waiting.exc_message).toContain(`Worker.${method}`);
      expect(worker.got).toEqual([]);
      await runner.release();
      await test.queue.postpone(job.uuid, { seconds: 0 });
      await test.queue.finished(job, { timeout: 20_000 });
      expect(worker.got).toEqual([category]);
    },
  );

  it('jobs are not shown with arguments that were not read', async () => {
    const category = await test.dataSource.manager.save(Object.assign(new blog.Category(), { name: 'x' }));
    const job = await test.queue.withDelay(worker, { eta: '1h' }).take(category);
    const runner = test.dataSource.createQueryRunner();
    await runner.connect();
    await expect(test.queue.find(job.uuid)).rejects.toThrow('timeout');
    await runner.release();
    expect((await test.queue.find(job.uuid))?.args).toEqual([category]);
  });
});

describe('beside a replica that lags behind', () => {
  it('entities are read on the primary', async () => {
    const primary = await createTestDatabase();
    const replica = await createTestDatabase();
    const make = async (url: string): Promise<void> => {
      const app = await startApplication({
        url,
        providers: [Worker],
        entities: [blog.Category],
        dataSource: { synchronize: true },
        options: { runner: false },
      });
      await app.close();
    };
    await make(primary.url);
    await make(replica.url);
    const test = await startApplication({
      url: primary.url,
      providers: [Worker],
      entities: [blog.Category],
      dataSource: {
        url: undefined,
        replication: { master: { url: primary.url }, slaves: [{ url: replica.url }] },
      },
      logger: false,
    });
    try {
      const category = await test.dataSource.manager.save(
        Object.assign(new blog.Category(), { name: 'new' }),
      );
      const job = await test.queue.withDelay(test.get(Worker)).take(category);
      await expect(test.queue.finished(job, { timeout: 20_000 })).resolves.toEqual(category);
      expect((await test.queue.find(job.uuid))?.args).toEqual([category]);
    } finally {
      await test.close();
      await primary.drop();
      await replica.drop();
    }
  });
});
