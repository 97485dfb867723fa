import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job, RetryableJobError } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log-book.js';
import { connect } from '../../support/recorder-jobs.js';
import { tried } from '../../support/attempted.js';

@Injectable()
class Worker {
  @Job()
  async run(..._args: unknown[]): Promise<unknown> {
    return _args[0];
  }

  @Job()
  async fail(_account: unknown): Promise<void> {
    throw new Error('the bank is closed');
  }

  @Job()
  async retry(_account: unknown): Promise<void> {
    throw new RetryableJobError('the bank is closed');
  }

  @Job()
  async leave(account: unknown): Promise<unknown> {
    return { account, run: () => account };
  }

  @Job({ transactional: true })
  async lose(_account: unknown): Promise<void> {
    throw new TypeError('no account');
  }
}

const PASSWORD = `hush-${randomBytes(8).toString('hex')}`;
const SECRET = `iban-${randomBytes(8).toString('hex')}`;
const KEY = randomBytes(32).toString('base64');

describe('the log', () => {
  let database: TestDatabase;
  let client: Client;
  const role = `logs_${randomBytes(4).toString('hex')}`;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    await database.asAdmin(
      `CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'; GRANT ALL ON SCHEMA public TO ${role}`,
    );
    client = await connect(urlWith(PASSWORD));
  });

  afterAll(async () => {
    await client.end();
    await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
  });

  const urlWith = (password: string): string => {
    const url = new URL(database.url);
    url.username = role;
    url.password = password;
    return url.href;
  };
  const start = (logger: LogBook, url: string): Promise<TestApplication> =>
    startApplication({
      url,
      providers: [Worker],
      options: {
        codec: { encrypt: { keys: [{ id: 'a', key: KEY }] } },
        context: { capture: () => ({ SECRET }), run: (_, work) => work() },
      },
      logger,
    });
  const texts = (logger: LogBook): string =>
    logger.entries.map((entry) => JSON.stringify([entry, String(entry.stack)])).join('\n');

  it('tells much, but no password, key or argument', async () => {
    const logger = new LogBook();
    const test = await start(logger, urlWith(PASSWORD));
    const { queue } = test;
    const account = { iban: SECRET, [SECRET]: 1 };
    await queue.finished(await queue.withDelay(Worker).run(account), { timeout: 5_000 });
    await queue.finished(await queue.withDelay(Worker).leave(account), { timeout: 5_000 });
    await tried(queue, await queue.withDelay(Worker).fail(account), 1);
    await tried(queue, await queue.withDelay(Worker).retry(account), 1);
    await tried(queue, await queue.withDelay(Worker).lose(account), 1);
    await queue.enqueue('Worker.run', [() => SECRET]).catch(() => undefined);
    await client.query(`INSERT INTO queue_job (uuid, name, description, args)
      VALUES (gen_random_uuid(), 'Worker.run', 'd', '[{"$type":"Date","value":"${SECRET}"}]')`);
    await eventually(async () => expect((await queue.counts()).failed).toBe(3));
    // What the session says when it is cut off, and when it comes back.
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}' AND pid <> pg_backend_pid()`,
    );
    await eventually(() => expect(texts(logger)).toContain('open again'));
    await test.close();

    const told = texts(logger);
    for (const line of ['the bank is closed', 'is not stored', 'it is no Date', 'no account', 'has stopped'])
      expect(told).toContain(line);
    for (const secret of [PASSWORD, SECRET, KEY]) expect(told).not.toContain(secret);
  });

  it('tells no password where the server is not there', async () => {
    const url = new URL(urlWith(PASSWORD));
    url.port = '1';
    const logger = new LogBook();
    const error = await start(logger, url.href).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(texts(logger)).not.toBe('');
    expect(`${texts(logger)}${String((error as Error).stack)}`).not.toContain(PASSWORD);
  });
});
