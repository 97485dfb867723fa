import { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log-book.js';

@Injectable()
class Clerk {
  @Job()
  async note(text: string): Promise<string> {
    return text;
  }
}

const LEASE_MS = 1_000;

describe('the lease of a node', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let logger: LogBook;

  beforeEach(async () => {
    database = await createTestDatabase();
    logger = new LogBook();
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const start = async (dataSource: object = {}): Promise<void> => {
    test = await startApplication({
      url: database.url,
      providers: [Clerk],
      options: { runner: { listen: false, leaseDuration: LEASE_MS, pollInterval: 100 } },
      dataSource,
      logger,
    });
  };

  /** Until when the lease runs, as the database sees it. */
  const lease = async (): Promise<Date> => {
    const [row] = (await test.dataSource.query('SELECT lease_until FROM queue_job_node WHERE alive')) as {
      lease_until: Date;
    }[];
    if (row === undefined) throw new Error('no node is alive');
    return row.lease_until;
  };

  const outlivesItsFirstLease = async (): Promise<void> => {
    const first = await lease();
    await eventually(async () =>
      expect((await lease()).getTime()).toBeGreaterThan(first.getTime() + LEASE_MS),
    );
    const job = await test.queue.withDelay(Clerk).note('still here');
    expect(await test.queue.finished(job, { timeout: '5 s' })).toBe('still here');
  };

  const warnings = (): string[] =>
    logger.entries.filter(({ level }) => level === 'warn').map(({ message }) => message);

  it('is renewed in a thread, from the source and from the built package alike', async () => {
    await start();
    await outlivesItsFirstLease();
    expect(warnings()).toEqual([]);
  });

  it('is renewed in the process if no thread can have the options of the connection, and the log says so', async () => {
    await start({ extra: { stream: () => new Socket() } });
    await outlivesItsFirstLease();
    expect(warnings()).toEqual([
      expect.stringMatching(/^The lease of node \d+ is renewed in the main thread, .*stream/s),
    ]);
  });
});
