import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, group, Job, QueueService } from '../../../lib/index.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Register {
  running = 0;
  peak = 0;

  constructor(private readonly queue: QueueService) {}

  @Job({ defaultChannel: 'root.one' })
  async sell(): Promise<void> {
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    await new Promise((resolve) => setImmediate(resolve));
    this.running -= 1;
  }

  @Job({ transactional: true })
  async book(): Promise<string> {
    const [row] = await currentJob().manager.query<{ isolation: string }[]>(
      `SELECT current_setting('transaction_isolation') AS isolation`,
    );
    await this.queue.withDelay(Register).sell();
    return row?.isolation ?? '';
  }

  @Job()
  async close(): Promise<void> {}
}

describe('in a database whose transactions are serializable by default', () => {
  let database: TestDatabase;
  let client: Client;
  const open: TestApplication[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    await database.asAdmin(
      `ALTER DATABASE "${rows[0]?.name}" SET default_transaction_isolation = serializable`,
    );
    for (let node = 0; node < 2; node += 1) {
      open.push(
        await startApplication({
          url: database.url,
          providers: [Register],
          options: { channels: 'root,root.one:1' },
        }),
      );
    }
  });

  afterAll(async () => {
    await Promise.all(open.map((test) => test.close()));
    await client.end();
    await database.drop();
  });

  it('two nodes keep a capacity, and release what depends on many jobs that end at once', async () => {
    const { queue } = open[0] as TestApplication;
    const register = queue.delayable(Register);
    const sales = group(...Array.from({ length: 200 }, () => register.sell()));
    const jobs = await sales.onDone(register.close()).delay();
    await queue.finished(jobs.at(-1) as never, { timeout: 15_000 });
    const registers = open.map((test) => test.app.get(Register));
    expect(Math.max(...registers.map(({ peak }) => peak))).toBe(1);
    const attempts = await client.query('SELECT exc_name, exc_message FROM queue_job_attempt');
    expect(attempts.rows).toEqual([]);
  }, 20_000);

  it('claims and settles have a snapshot for each statement', async () => {
    const { database: own } = (open[0] as TestApplication).app.get(Store);
    const rows = await own.query(`SELECT current_setting('transaction_isolation') AS isolation`);
    expect(rows).toEqual([{ isolation: 'read committed' }]);
  });

  it('a transactional job has statements that see what committed meanwhile', async () => {
    const { queue } = open[0] as TestApplication;
    const job = await queue.withDelay(Register).book();
    await expect(queue.finished(job, { timeout: 5_000 })).resolves.toBe('read committed');
  });
});
