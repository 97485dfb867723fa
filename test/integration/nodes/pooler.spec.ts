import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { LogBook } from '../../support/log-book.js';
import { connect } from '../../support/recorder-jobs.js';
import { TransactionPooler } from '../../support/transaction-pooler.js';

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

describe('behind a pooler in transaction mode, with the default options', () => {
  let database: TestDatabase;
  let client: Client;
  let pooler: TransactionPooler;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    pooler = await TransactionPooler.start(database.url);
  });

  afterAll(async () => {
    await pooler.close();
    await client.end();
    await database.drop();
  });

  /** The pooler's own sessions, by what other clients of it see. */
  const settings = async (): Promise<string[]> => {
    const others = await Promise.all([1, 2, 3, 4, 5].map(async () => connect(pooler.through)));
    await Promise.all(others.map(async (other) => other.query('BEGIN')));
    const rows = await Promise.all(
      others.map(async (other) => {
        const { rows: found } = await other.query<{ name: string; setting: string }>(
          `SELECT name, setting FROM pg_settings WHERE source = 'session' AND name NOT LIKE 'transaction%' ORDER BY name`,
        );
        return found.map(({ name, setting }) => `${name} = ${setting}`);
      }),
    );
    for (const other of others) await other.query('ROLLBACK');
    await Promise.all(others.map(async (other) => other.end()));
    return rows.flat();
  };

  it('a node takes a lease and says so, runs its jobs, and leaves nothing in the sessions of others', async () => {
    const logger = new LogBook();
    const before = await settings();
    const node = await startApplication({ url: pooler.through, providers: [Work], logger });
    const warnings = logger.entries.map(({ message }) => message).filter((text) => text.includes('pooler'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('runner.listen');
    const { rows } = await client.query('SELECT listens, lease_until > now() AS leased FROM queue_job_node');
    expect(rows).toEqual([{ listens: false, leased: true }]);
    const jobs = await Promise.all([
      node.queue.withDelay(Work).run(),
      node.queue.withDelay(Work, { identityKey: 'key' }).run(),
      node.queue.withDelay(Work).transactional(),
    ]);
    const ended = jobs.map(async (job) => node.queue.finished(job, { timeout: '20 s' }));
    expect(await Promise.all(ended)).toEqual(['ran', 'ran', 'transactional']);
    expect((await settings()).filter((setting) => !before.includes(setting))).toEqual([]);
    const locks = await client.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    expect(locks.rows).toEqual([]);
    await node.close();
  }, 60_000);

  it('a process that only stores needs no option', async () => {
    const logger = new LogBook();
    const web = await startApplication({
      url: pooler.through,
      providers: [Work],
      options: { runner: false },
      logger,
    });
    await expect(web.queue.withDelay(Work).run()).resolves.toMatchObject({ state: 'pending' });
    expect(logger.entries.filter(({ message }) => message.includes('pooler'))).toEqual([]);
    await web.close();
  });

  it('a node that reaches the server itself has a session', async () => {
    const node = await startApplication({ url: database.url, providers: [Work], logger: false });
    const { rows } = await client.query('SELECT listens FROM queue_job_node WHERE alive');
    expect(rows).toEqual([{ listens: true }]);
    await node.close();
  });
});
