import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { chain, currentJob, Job, type QueueJob, QueueService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** What an application may set for a transaction, or an administrator for all sessions of a role. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['DateStyle', 'SQL, DMY'],
  ['DateStyle', 'German, DMY'],
  ['DateStyle', 'Postgres, MDY'],
  ['TimeZone', 'Asia/Kolkata'],
  ['IntervalStyle', 'sql_standard'],
  ['search_path', 'pg_catalog'],
  ['bytea_output', 'escape'],
  ['extra_float_digits', '-15'],
  ['standard_conforming_strings', 'off'],
  ['transform_null_equals', 'on'],
  ['quote_all_identifiers', 'on'],
  ['xmloption', 'document'],
  ['enable_indexscan', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['synchronous_commit', 'off'],
  ['row_security', 'off'],
  ['client_encoding', 'LATIN1'],
];

const ARGUMENT = {
  text: `it's \\ "odd" NULL é`,
  float: 0.1 + 0.2,
  large: 1e300,
  at: new Date(1_764_000_000_123),
};

@Injectable()
class Work {
  constructor(private readonly queue: QueueService) {}

  @Job()
  async run(given: unknown): Promise<unknown> {
    return given;
  }

  @Job({ transactional: true })
  async inside(name: string, value: string): Promise<{ given: unknown; uuids: string[] }> {
    const { manager } = currentJob();
    await manager.query(`SELECT set_config($1, $2, true)`, [name, value]);
    const jobs = await storeEverything(this.queue, manager);
    return { given: ARGUMENT, uuids: jobs.map(({ uuid }) => uuid) };
  }
}

const isNow = (date: Date | null): boolean =>
  date !== null && Math.abs(date.getTime() - Date.now()) < 600_000;

let keys = 0;

async function storeEverything(queue: QueueService, manager?: EntityManager): Promise<QueueJob[]> {
  const eta = new Date(Date.now() + 300);
  const own = manager === undefined ? {} : { manager };
  const identityKey = `key ${(keys += 1)}`;
  const plain = await queue.withDelay(Work, own).run(ARGUMENT);
  const later = await queue.withDelay(Work, { ...own, eta }).run(ARGUMENT);
  const keyed = await queue.withDelay(Work, { ...own, identityKey, eta }).run(ARGUMENT);
  const twin = await queue.withDelay(Work, { ...own, identityKey }).run(ARGUMENT);
  const replaced = await queue
    .withDelay(Work, { ...own, identityKey, eta, onDuplicate: 'replace' })
    .run(ARGUMENT);
  const inNewChannel = await queue.withDelay(Work, { ...own, channel: `made.${keys}` }).run(ARGUMENT);
  expect([twin.uuid, replaced.uuid]).toEqual([keyed.uuid, keyed.uuid]);
  expect([later.eta, keyed.eta, twin.eta, replaced.eta]).toEqual([eta, eta, eta, eta]);
  const graph = await chain(
    queue.delayable(Work).run(ARGUMENT),
    queue.delayable(Work, { eta }).run(ARGUMENT),
  ).delay(own);
  return [plain, later, keyed, twin, replaced, inNewChannel, ...graph];
}

describe('a setting of the session', () => {
  let database: TestDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Work],
      options: { channels: 'closed:1:paused' },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const allRun = async (jobs: readonly QueueJob[]): Promise<void> => {
    for (const job of jobs) {
      expect(isNow(job.dateCreated)).toBe(true);
      await expect(test.queue.finished(job, { timeout: '30 s' })).resolves.toEqual(ARGUMENT);
    }
  };

  it.each(SETTINGS)(
    '%s = %s in the transaction of the caller changes nothing for its jobs',
    async (name, value) => {
      const jobs = await test.dataSource.transaction(async (manager) => {
        await manager.query(`SELECT set_config($1, $2, true)`, [name, value]);
        const stored = await storeEverything(test.queue, manager);
        const [{ now }] = await manager.query(`SELECT current_setting($1) AS now`, [name]);
        expect(now).toBe(value);
        return stored;
      });
      await allRun(jobs);
    },
  );

  it('that is read while others store in the same transaction is left as it was', async () => {
    await test.dataSource.transaction(async (manager) => {
      await manager.query(`SET LOCAL datestyle = 'SQL, DMY'`);
      const eta = new Date(Date.now() + 3_600_000);
      const at = { manager, eta, channel: 'closed' };
      const jobs = await Promise.all(Array.from({ length: 5 }, () => test.queue.withDelay(Work, at).run(1)));
      for (const job of jobs) expect(job.eta).toEqual(eta);
      expect(await manager.query('SHOW datestyle')).toEqual([{ DateStyle: 'SQL, DMY' }]);
    });
    expect(await test.dataSource.query('SHOW datestyle')).toEqual([{ DateStyle: 'ISO, MDY' }]);
  });

  it('is asked for once on each connection', async () => {
    const runner = test.dataSource.createQueryRunner();
    const client = (await runner.connect()) as { query: (...given: unknown[]) => unknown };
    const send = jest.spyOn(client, 'query');
    const countOf = async (): Promise<number> => {
      send.mockClear();
      await runner.manager.transaction(async (manager) => {
        await test.queue.withDelay(Work, { manager, channel: 'closed' }).run(1);
      });
      return send.mock.calls.length;
    };
    await countOf();
    // BEGIN, the isolation, the INSERT and COMMIT.
    expect(await countOf()).toBeLessThanOrEqual(4);
    send.mockRestore();
    await runner.release();
  });

  it.each(SETTINGS)(
    '%s = %s in a transactional job changes nothing for it and its jobs',
    async (name, value) => {
      const job = await test.queue.withDelay(Work).inside(name, value);
      const { given, uuids } = await test.queue.finished(job, { timeout: '30 s' });
      expect(given).toEqual(ARGUMENT);
      for (const uuid of uuids)
        await expect(test.queue.finished(uuid, { timeout: '30 s' })).resolves.toEqual(ARGUMENT);
    },
  );
});

describe('a database with all of these settings as its defaults', () => {
  it('gets its tables, stores jobs and runs them', async () => {
    const database = await createTestDatabase({ empty: true });
    const quoted = new URL(database.url).pathname.slice(1);
    for (const [name, value] of SETTINGS) {
      await database.asAdmin(`ALTER DATABASE ${quoted} SET ${name} = '${value}'`);
    }
    const test = await startApplication({
      url: database.url,
      providers: [Work],
      options: { schema: 'public' },
      logger: false,
    });
    try {
      const jobs = [
        ...(await storeEverything(test.queue)),
        ...(await test.dataSource.transaction(async (manager) => storeEverything(test.queue, manager))),
      ];
      for (const job of jobs) {
        expect(isNow(job.dateCreated)).toBe(true);
        await expect(test.queue.finished(job, { timeout: '30 s' })).resolves.toEqual(ARGUMENT);
      }
      for (const job of await test.queue.list({})) expect(isNow(job.dateCreated)).toBe(true);
    } finally {
      await test.close();
      await database.drop();
    }
  });
});

describe('a database whose transactions only read', () => {
  it('by default stops the start with what to do', async () => {
    const database = await createTestDatabase();
    const quoted = new URL(database.url).pathname.slice(1);
    await database.asAdmin(`ALTER DATABASE ${quoted} SET default_transaction_read_only = on`);
    try {
      const start = startApplication({ url: database.url, providers: [Work], logger: false });
      await expect(start).rejects.toThrow('default_transaction_read_only');
    } finally {
      await database.drop();
    }
  });

  it('for the caller alone refuses the call, and says why', async () => {
    const database = await createTestDatabase();
    const test = await startApplication({ url: database.url, providers: [Work], logger: false });
    try {
      for (const how of ['SET TRANSACTION READ ONLY', 'SET LOCAL transaction_read_only = on'])
        await expect(
          test.dataSource.transaction(async (manager) => {
            await manager.query(how);
            await test.queue.withDelay(Work, { manager }).run(1);
          }),
        ).rejects.toMatchObject({ code: '25006', message: expect.stringContaining('read-only transaction') });
      expect(await test.queue.list({})).toEqual([]);
    } finally {
      await test.close();
      await database.drop();
    }
  });
});
