import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job, nextTicks, ScheduleService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

@Injectable()
class Reports {
  @Job()
  async send(_tenant: number): Promise<void> {
    return Promise.resolve();
  }
}

describe('ten thousand schedules that data made', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  const start = async (): Promise<number> => {
    const from = performance.now();
    test = await startApplication({ url: database.url, providers: [Reports] });
    return performance.now() - from;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    await start();
    await test.get(ScheduleService).upsert('tenant 0', {
      cron: '0 6 * * *',
      timeZone: 'Europe/Berlin',
      call: test.queue.delayable(Reports).send(0),
    });
    await client.query(
      `INSERT INTO queue_job_schedule (name, source, job_name, definition, next_tick)
       SELECT 'tenant ' || i, source, job_name, definition, next_tick + interval '1 year' FROM queue_job_schedule, generate_series(1, 9999) i`,
    );
    await client.query('ANALYZE queue_job_schedule');
    await test.close();
  }, 60_000);

  afterAll(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  it('cost a start less than two seconds, and an idle node no query a second', async () => {
    expect(await start()).toBeLessThan(2_000);
    const looks = (): Promise<number> =>
      countOf(
        client,
        `SELECT coalesce(sum(idx_scan), 0) AS count FROM pg_stat_user_indexes WHERE indexrelname = 'queue_job_schedule_due'`,
      );
    const scans = async (): Promise<number> => {
      await client.query('SELECT pg_stat_force_next_flush()');
      return looks();
    };
    await client.query('SELECT pg_sleep(1)');
    const before = await scans();
    await client.query('SELECT pg_sleep(5)');
    // Two scans a look; those of its first look may be counted late.
    expect((await scans()) - before).toBeLessThanOrEqual(10);
    await test.close();
  });

  it('are all stored within two seconds where a thousand are due at one moment', async () => {
    await start();
    await client.query(
      `UPDATE queue_job_schedule SET version = version + 1, next_tick = date_trunc('second', clock_timestamp()) + interval '3 s'
       WHERE name IN (SELECT 'tenant ' || i FROM generate_series(1, 1000) i)`,
    );
    // Nobody tells of what is written by hand.
    await test
      .get(ScheduleService)
      .upsert('tell', { every: '1 s', call: test.queue.delayable(Reports).send(0) });
    const stored = (): Promise<number> =>
      countOf(
        client,
        `SELECT count(*) FROM (SELECT schedule FROM queue_job UNION ALL SELECT schedule FROM queue_job_history) j WHERE schedule LIKE 'tenant %'`,
      );
    await eventually(async () => expect(await stored()).toBe(1_000), 20_000);
    const { rows } = await client.query<{ took: number }>(
      `SELECT extract(epoch FROM max(date_created) - max(scheduled_at))::float8 AS took FROM (
         SELECT schedule, date_created, scheduled_at FROM queue_job UNION ALL SELECT schedule, date_created, scheduled_at FROM queue_job_history
       ) j WHERE schedule LIKE 'tenant %'`,
    );
    expect(rows[0]?.took).toBeLessThan(2);
    const [state] = await test.get(ScheduleService).list({ search: 'tenant 999', limit: 1 });
    const [next] = nextTicks('0 6 * * *', { timeZone: 'Europe/Berlin', count: 1 });
    expect(state?.nextTicks[0]).toEqual(next);
  }, 60_000);
});
