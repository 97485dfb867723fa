import { type DynamicModule, Global, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  InvalidModuleOptionError,
  Job,
  MissingDataSourceError,
  QueueJobModule,
  type QueueJobModuleOptions,
  QueueService,
  SchemaVersionError,
  UnsupportedDatabaseError,
} from '../../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async run(): Promise<void> {}
}

@Injectable()
class Settings {
  readonly priority = 33;

  createQueueJobOptions(): QueueJobModuleOptions {
    return { runner: false, defaults: { priority: this.priority } };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

describe('the start', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  // Nest leaves open what was opened before a start that failed.
  afterEach(async () => {
    for (const source of sources.splice(0)) if (source.isInitialized) await source.destroy();
  });

  afterAll(async () => database.drop());

  const boot = async (...imports: DynamicModule[]) => {
    @Module({ imports, providers: [Worker] })
    class Application {}
    return NestFactory.createApplicationContext(Application, { logger: false, abortOnError: false });
  };
  const typeOrm = (options: object = {}): DynamicModule =>
    TypeOrmModule.forRootAsync({
      useFactory: () => ({ type: 'postgres' as const, url: database.url, retryAttempts: 1, ...options }),
      dataSourceFactory: async (given) => {
        const source = await new DataSource(given as never).initialize();
        sources.push(source);
        return source;
      },
    });
  const fakeSource = (fake: object): DynamicModule => {
    @Global()
    @Module({ providers: [{ provide: DataSource, useValue: fake }], exports: [DataSource] })
    class FakeModule {}
    return { module: FakeModule };
  };
  const queue = (options: QueueJobModuleOptions = {}): DynamicModule =>
    QueueJobModule.forRoot({ runner: false, ...options });
  const setVersions = async (version: number, compatible: number): Promise<void> => {
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await source.query('UPDATE queue_job_meta SET schema_version = $1, compatible_version = $2', [
      version,
      compatible,
    ]);
    await source.destroy();
  };

  it('refuses an unknown option, and lists those that there are', async () => {
    const started = boot(typeOrm(), queue({ channel: 'root:1' } as object));
    await expect(started).rejects.toThrow(InvalidModuleOptionError);
    await expect(started).rejects.toThrow(/has no option 'channel'; its options are .*channels/);
  });

  it('needs a data source', async () => {
    const started = boot(queue());
    await expect(started).rejects.toThrow(MissingDataSourceError);
    await expect(started).rejects.toThrow('Import TypeOrmModule.forRoot(');
  });

  it('needs the data source that it is told to take', async () => {
    const started = boot(typeOrm(), QueueJobModule.forRoot({ dataSource: 'jobs' }));
    await expect(started).rejects.toThrow(MissingDataSourceError);
    await expect(started).rejects.toThrow(`named 'jobs'`);
  });

  it('needs PostgreSQL', async () => {
    const started = boot(fakeSource({ options: { type: 'mysql' } }), queue());
    await expect(started).rejects.toThrow(UnsupportedDatabaseError);
    await expect(started).rejects.toThrow(`'default' is of type 'mysql'`);
  });

  it('needs PostgreSQL 15', async () => {
    const query = async (): Promise<unknown> => [{ version: 140_012 }];
    const started = boot(fakeSource({ options: { type: 'postgres' }, query }), queue());
    await expect(started).rejects.toThrow(UnsupportedDatabaseError);
    await expect(started).rejects.toThrow(
      `needs PostgreSQL 15 or newer; the server of data source 'default' is 14`,
    );
  });

  it('without migrate needs tables, and says what to run', async () => {
    const empty = await createTestDatabase({ empty: true });
    const started = boot(typeOrm({ url: empty.url }), queue({ migrate: false }));
    await expect(started).rejects.toThrow(SchemaVersionError);
    await expect(started).rejects.toThrow(/have version 0, but \d+ is needed.*migrate.*QUEUE_JOB_MIGRATIONS/);
    await empty.drop();
  });

  it('refuses tables of a newer version that this one can not work with', async () => {
    await setVersions(99, 99);
    const started = boot(typeOrm(), queue());
    await expect(started).rejects.toThrow(SchemaVersionError);
    await expect(started).rejects.toThrow('have version 99, which this version of the library');
    await setVersions(1, 1);
  });

  it('takes tables of a newer version that this one can work with, and leaves them as they are', async () => {
    await setVersions(99, 1);
    const app = await boot(typeOrm(), queue());
    await app.get(QueueService).withDelay(Worker).run();
    expect(await app.get(DataSource).query('SELECT schema_version FROM queue_job_meta')).toEqual([
      { schema_version: 99 },
    ]);
    await app.close();
    await setVersions(1, 1);
  });

  it('works without migrate on tables that are up to date', async () => {
    const app = await boot(typeOrm(), queue({ migrate: false }));
    expect((await app.get(QueueService).withDelay(Worker).run()).state).toBe('pending');
    await app.close();
  });

  it.each<[string, DynamicModule]>([
    [
      'a factory',
      QueueJobModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async (settings: Settings) => settings.createQueueJobOptions(),
      }),
    ],
    ['a class', QueueJobModule.forRootAsync({ useClass: Settings })],
    [
      'an existing provider',
      QueueJobModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
    ],
  ])('takes its options from %s', async (_, module) => {
    const app = await boot(typeOrm(), module);
    expect((await app.get(QueueService).withDelay(Worker).run()).priority).toBe(33);
    await app.close();
  });

  it('checks the options that a factory gives', async () => {
    const module = QueueJobModule.forRootAsync({ useFactory: () => ({ chanels: '' }) as object });
    await expect(boot(typeOrm(), module)).rejects.toThrow(`has no option 'chanels'`);
  });

  it('takes the data source of the name that it is told', async () => {
    const app = await boot(
      TypeOrmModule.forRoot({ type: 'postgres', url: database.url, name: 'jobs', autoLoadEntities: true }),
      QueueJobModule.forRoot({ dataSource: 'jobs', runner: false }),
    );
    expect((await app.get(QueueService).withDelay(Worker).run()).state).toBe('pending');
    await app.close();
  });
});
