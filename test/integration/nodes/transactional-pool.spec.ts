import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentJob, Job } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { LogBook } from '../../support/log-book.js';

@Injectable()
class Shop {
  constructor(private readonly dataSource: DataSource) {}

  /** As a method does whose repository is injected: not through the transaction. */
  @Job({ transactional: true })
  async sell(): Promise<number> {
    await currentJob().manager.query('SELECT pg_sleep(0.05)');
    const [row] = (await this.dataSource.query('SELECT 1 AS one')) as { one: number }[];
    return row?.one ?? 0;
  }

  @Job()
  async look(): Promise<string> {
    return Promise.resolve('looked');
  }
}

describe('transactional jobs whose method uses the pool of the application', () => {
  let database: TestDatabase;
  let test: TestApplication | undefined;
  const log = new LogBook();

  beforeEach(async () => {
    log.entries.length = 0;
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await test?.close();
    await database.drop();
  });

  const start = async (runner: object, dataSource: object = {}): Promise<TestApplication> =>
    (test = await startApplication({
      url: database.url,
      providers: [Shop],
      options: { runner },
      dataSource,
      logger: log,
    }));

  const warnings = (): string[] =>
    log.entries
      .filter(({ level, message }) => level === 'warn' && message.includes('poolSize'))
      .map((e) => e.message);

  it.each([
    { pool: 'at the defaults', runner: {}, dataSource: {} },
    { pool: 'in a small pool', runner: {}, dataSource: { poolSize: 2 } },
    { pool: 'with extra.max', runner: { concurrency: 50 }, dataSource: { extra: { max: 4 } } },
  ])(
    'never take all of it: $pool',
    async ({ runner, dataSource }) => {
      const { queue } = await start(runner, dataSource);
      const jobs = await queue.delayAll(Array.from({ length: 30 }, () => queue.delayable(Shop).sell()));
      const others = await queue.delayAll(Array.from({ length: 10 }, () => queue.delayable(Shop).look()));
      expect(await Promise.all(jobs.map((job) => queue.finished(job, { timeout: 20_000 })))).toEqual(
        jobs.map(() => 1),
      );
      expect(await Promise.all(others.map((job) => queue.finished(job)))).toEqual(others.map(() => 'looked'));
      expect(warnings()).toEqual([]);
    },
    30_000,
  );

  it('may be allowed to, with a warning at the start that says what to do', async () => {
    await start({ transactionalConcurrency: 10 });
    expect(warnings()).toEqual([expect.stringContaining('10 transactional jobs may run at once')]);
  });

  it('are warned of a pool with a single connection', async () => {
    await start({}, { poolSize: 1 });
    expect(warnings()).toHaveLength(1);
  });
});
