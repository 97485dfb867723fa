import { Injectable } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  Job,
  QUEUE_JOB_ENTITIES,
  QUEUE_JOB_MIGRATIONS,
  QueueJob,
  type QueueJobModuleOptions,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connectionFields } from '../../support/connection-fields.js';

@Injectable()
class Worker {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

describe('the schema', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    source = await new DataSource(connectionFields(database.url)).initialize();
  });

  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  const start = async (
    options: QueueJobModuleOptions = {},
    dataSource: object = {},
  ): Promise<TestApplication> =>
    startApplication({ url: database.url, providers: [Worker], options, dataSource });
  const runsAJob = async ({ queue }: TestApplication): Promise<string> => {
    const job = await queue.withDelay(Worker).run();
    await expect(queue.finished(job, { timeout: 5_000 })).resolves.toBe('ran');
    return job.uuid;
  };
  const withSource = async <T>(
    options: Partial<DataSourceOptions>,
    work: (own: DataSource) => Promise<T>,
  ) => {
    const own = await new DataSource({
      ...connectionFields(database.url),
      entities: QUEUE_JOB_ENTITIES,
      migrations: QUEUE_JOB_MIGRATIONS,
      ...options,
    } as DataSourceOptions).initialize();
    try {
      return await work(own);
    } finally {
      await own.destroy();
    }
  };
  /** Everything in the schemas of the application: tables, indexes with their storage options, functions, sequences. */
  const contents = async (): Promise<string[]> => {
    const rows = (await source.query(`
      SELECT n.nspname || ' ' || c.relkind::text || ' ' || c.relname || ' ' || coalesce(c.reloptions::text, '') ||
        coalesce(pg_get_indexdef(i.indexrelid), '') AS it
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
      WHERE n.nspname !~ '^pg_|^information_schema'
      UNION ALL
      SELECT n.nspname || ' function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname !~ '^pg_|^information_schema' ORDER BY 1`)) as { it: string }[];
    return rows.map(({ it }) => it);
  };
  const differences = async (own: DataSource): Promise<string[]> => {
    for (const entity of QUEUE_JOB_ENTITIES) own.getMetadata(entity).synchronize = true;
    return (await own.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
  };

  it.each<[string, object]>([
    ['by default', {}],
    ['in another schema', { schema: 'jobs' }],
  ])('is what the entities say after the migrations, %s', async (_, options) => {
    await database.asAdmin(`CREATE SCHEMA jobs AUTHORIZATION ${database.role}`);
    await withSource(options, async (own) => {
      expect(await differences(own)).not.toEqual([]);
      await own.runMigrations();
      expect(await differences(own)).toEqual([]);
    });
    await withSource(options, async (own) => {
      expect(await own.runMigrations()).toEqual([]);
      const app = await startApplication({
        url: database.url,
        providers: [Worker],
        options: { migrate: false },
        dataSource: options,
      });
      await runsAJob(app);
      await app.close();
    });
  });

  it('may stand twice in one place, with different prefixes', async () => {
    const prefixes = ['one_', 'two_'];
    const apps = await Promise.all(prefixes.map(async (entityPrefix) => start({}, { entityPrefix })));
    for (const app of apps) {
      await runsAJob(app);
      expect(await app.queue.counts()).toMatchObject({ done: 1, pending: 0 });
    }
    await Promise.all(apps.map((app) => app.close()));
  });

  it('goes as it came', async () => {
    await withSource({}, async (own) => {
      await own.runMigrations();
      await own.undoLastMigration();
      expect((await contents()).filter((it) => !it.includes('migrations'))).toEqual([]);
      await own.runMigrations();
      expect(await differences(own)).toEqual([]);
    });
  });

  it('is left alone by an application with synchronize', async () => {
    const first = await start({}, { synchronize: true });
    const uuid = await runsAJob(first);
    await first.close();
    const before = await contents();
    const second = await start({}, { synchronize: true });
    await runsAJob(second);
    expect((await second.queue.find(uuid))?.result).toBe('ran');
    await second.close();
    expect(await contents()).toEqual(before);
    await withSource({}, async (own) => expect(await differences(own)).toEqual([]));
  });

  it('is made by the migrations alone, also in an application with synchronize', async () => {
    await (await start({}, { synchronize: true })).close();
    const synchronized = await contents();
    await database.asAdmin(
      `DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO ${database.role}`,
    );
    await (await start()).close();
    expect(await contents()).toEqual(synchronized);
  });

  it('stands where the option schema says, and there the repositories look', async () => {
    await database.asAdmin(`GRANT CREATE ON DATABASE ${source.driver.database} TO ${database.role}`);
    const app = await start({ schema: 'jobs' });
    const uuid = await runsAJob(app);
    const pending = await app.queue.withDelay(Worker, { eta: '1h' }).run();
    expect(
      await app.dataSource.getRepository(QueueJob).findOneByOrFail({ uuid: pending.uuid }),
    ).toMatchObject({
      name: 'Worker.run',
      state: 'pending',
    });
    expect((await app.queue.find(uuid))?.state).toBe('done');
    await app.close();
    const made = await contents();
    expect(made.length).toBeGreaterThan(10);
    expect(made.filter((it) => !it.startsWith('jobs '))).toEqual([]);
  });

  it('is made once by applications that start at the same moment', async () => {
    const apps = await Promise.all([1, 2, 3, 4, 5].map(async () => start({ channels: 'root:20,erp:2' })));
    await Promise.all(apps.map(runsAJob));
    const versions = await source.query('SELECT schema_version FROM queue_job_meta');
    expect(versions).toEqual([{ schema_version: QUEUE_JOB_MIGRATIONS.length }]);
    await Promise.all(apps.map((app) => app.close()));
  });

  it('may be brought up to date by the application, also where the module has done so before', async () => {
    const own = { migrations: QUEUE_JOB_MIGRATIONS, migrationsRun: true };
    for (const [options, dataSource] of [
      [{ migrate: false }, own],
      [{ migrate: true }, {}],
    ] as const) {
      const app = await start(options, dataSource);
      await runsAJob(app);
      await app.close();
    }
    await source.query('DELETE FROM migrations');
    const app = await start({ migrate: false }, own);
    await runsAJob(app);
    await app.close();
  });
});
