import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { CronJob, InvalidScheduleError, Job, ScheduleService } from '../../../lib/index.js';
import { ScheduleStore } from '../../../lib/store/schedules/schedule-store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

const YEARLY = '0 0 1 1 *';

@Injectable()
class Reports {
  @CronJob(YEARLY, { name: 'of the code' })
  @Job()
  async send(_tenant?: number): Promise<void> {
    return Promise.resolve();
  }
}

describe('schedules that are made at one moment', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  let schedules: ScheduleService;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    test = await startApplication({ url: database.url, providers: [Reports] });
    schedules = test.get(ScheduleService);
  });

  afterAll(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  const upsert = async (name: string, tenant: number, cron = YEARLY): Promise<void> =>
    schedules.upsert(name, { cron, call: test.queue.delayable(Reports).send(tenant) });
  const all = async (count: number): Promise<number> => {
    const reads = jest.spyOn(ScheduleStore.prototype, 'read');
    await Promise.all(Array.from({ length: count }, async (_, at) => upsert(`tenant ${at}`, at)));
    const sent = reads.mock.calls.length;
    reads.mockRestore();
    return sent;
  };

  it('share their statements, and change nothing the second time', async () => {
    expect(await all(2_000)).toBeLessThanOrEqual(10);
    const rows = `SELECT count(*) FROM queue_job_schedule WHERE name LIKE 'tenant %' AND version = 1`;
    expect(await countOf(client, rows)).toBe(2_000);
    expect(await all(2_000)).toBeLessThanOrEqual(10);
    expect(await countOf(client, rows)).toBe(2_000);
  });

  it('are as the last of the calls for one name says, and fail each for itself', async () => {
    const calls = await Promise.allSettled([
      upsert('twice', 1),
      upsert('of the code', 1),
      upsert('twice', 2, '@daily'),
      upsert('once', 3),
    ]);
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect((calls[1] as PromiseRejectedResult).reason).toBeInstanceOf(InvalidScheduleError);
    expect(await schedules.get('twice')).toMatchObject({ cron: '@daily' });
    const job = await schedules.runNow('twice');
    expect(job.args).toEqual([2]);
    expect(await schedules.get('once')).toMatchObject({ source: 'data' });
  });
});
