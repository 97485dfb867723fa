import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job, QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { isPooled } from '../../support/pooler.js';
import { LogBook } from '../../support/log-book.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }

  @Job({ transactional: true })
  async transactional(): Promise<string> {
    return 'transactional';
  }
}

const isRight = (date: Date | null): boolean =>
  date !== null && Math.abs(date.getTime() - Date.now()) < 60_000;

describe.each(['German', 'SQL, DMY', 'Postgres, MDY'])('where dates are written in the style %s', (style) => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  const logger = new LogBook();

  beforeAll(async () => {
    database = await createTestDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await database.asAdmin(`ALTER DATABASE ${name} SET datestyle = '${style}'`);
    client = await connect(database.url);
    test = await startApplication({ url: database.url, providers: [Work], logger });
  });

  afterAll(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  it('the dates of jobs are right, whoever stores and reads them', async () => {
    const { queue, dataSource } = test;
    const eta = new Date(Date.now() + 30_000);
    const plain = await queue.withDelay(Work).run();
    const later = await queue.withDelay(Work, { eta }).run();
    const keyed = await queue.withDelay(Work, { identityKey: 'one', eta }).run();
    const [inside, twin, styleAfter] = await dataSource.transaction(async (manager) => [
      await queue.withDelay(Work, { manager, eta }).run(),
      await queue.withDelay(Work, { manager, identityKey: 'one' }).run(),
      (await manager.query<{ style: string }[]>(`SELECT current_setting('DateStyle') AS style`))[0]?.style,
    ]);
    expect(styleAfter).toContain(style.split(',')[0]);
    for (const job of [plain, later, keyed, inside, twin] as QueueJob[])
      expect(isRight(job.dateCreated)).toBe(true);
    for (const job of [later, keyed, inside, twin] as QueueJob[]) expect(job.eta).toEqual(eta);
    const transactional = await queue.withDelay(Work).transactional();
    await queue.finished(transactional, { timeout: '20 s' });
    const items = await queue.list({});
    expect(items.length).toBeGreaterThanOrEqual(5);
    for (const job of items) expect(isRight(job.dateCreated)).toBe(true);
    expect(isRight((await queue.find(transactional.uuid))?.dateDone ?? null)).toBe(true);
  });

  it('the log says that entities of the application have no dates, and what to do', () => {
    const warnings = logger.entries.filter(({ message }) => message.includes('DateStyle'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('SET datestyle = ISO');
  });
});

describe('time limits that the role has for statements of the application', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    const name = new URL(database.url).pathname.slice(1);
    await database.asAdmin(
      `ALTER DATABASE ${name} SET statement_timeout = 150; ALTER DATABASE ${name} SET lock_timeout = 150;
       ALTER DATABASE ${name} SET idle_in_transaction_session_timeout = 150;
       ALTER DATABASE ${name} SET idle_session_timeout = 1000`,
    );
  });

  afterAll(async () => database.drop());

  it('end neither the migrations nor statements of the library', async () => {
    const test = await startApplication({
      url: database.url,
      providers: [Work],
      dataSource: { extra: { query_timeout: 150, statement_timeout: 150 } },
      logger: false,
    });
    const { queue, runner } = test;
    const id = runner.nodeId;
    const holder = await connect(database.url);
    await holder.query(`SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0`);
    // A lock that a call waits for, longer than any of them, and longer than an idle session may live.
    await holder.query('BEGIN; LOCK TABLE queue_job');
    const call = queue.withDelay(Work).run();
    call.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await holder.query('COMMIT');
    await holder.end();
    if (!isPooled()) await expect(queue.finished(await call, { timeout: '20 s' })).resolves.toBe('ran');
    expect(runner.nodeId).toBe(id);
    await test.close();
  });
});
