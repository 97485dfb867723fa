import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { Job } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { connect } from '../../support/recorder-jobs.js';
import { allowTables, createRole } from '../../support/role.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

/** Needs a server of its own: all databases of one share the queue of notifications. */
describe('while PostgreSQL can take no more notifications, since a listener sits in a transaction', () => {
  let server: EmbeddedPostgres;
  let listener: Client;
  let web: TestApplication;
  let worker: TestApplication;

  beforeAll(async () => {
    server = await EmbeddedPostgres.start({ settings: { max_notify_queue_pages: '64' } });
    const url = await createRole(server.url, 'notifier');
    await allowTables(server.url, url);
    web = await startApplication({ url, providers: [Work], options: { runner: false } });
    worker = await startApplication({ url, providers: [Work], options: { runner: { pollInterval: 500 } } });
    listener = await connect(server.url);
    await listener.query('LISTEN elsewhere');
    await listener.query('BEGIN; SELECT 1');
    const notifier = await connect(server.url);
    try {
      for (;;) await notifier.query(`SELECT pg_notify('elsewhere', repeat('x', 7900))`);
    } catch (error) {
      if ((error as { code?: string }).code !== '54000') throw error;
    }
    await notifier.end();
  }, 60_000);

  afterAll(async () => {
    await Promise.all([web.close(), worker.close()]);
    await listener.end();
    await server.stop();
  });

  it.each([
    ['a process that only stores', (): TestApplication => web],
    ['a process that also runs them', (): TestApplication => worker],
  ])(
    'calls of %s are stored, and run',
    async (_, process) => {
      const { queue } = process();
      for (let at = 0; at < 20; at += 1) {
        const one = await queue.withDelay(Work).run();
        await queue.withDelay(Work, { identityKey: `key ${at}` }).run();
        await Promise.all([1, 2, 3].map(async () => queue.withDelay(Work).run()));
        if (at % 10 === 0) await expect(queue.finished(one, { timeout: '20 s' })).resolves.toBe('ran');
      }
      expect((await queue.counts()).failed).toBe(0);
    },
    60_000,
  );
});
