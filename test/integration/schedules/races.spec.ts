import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { CronJob, Job, ScheduleService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

@Injectable()
class Reports {
  @CronJob({ every: '1 s' }, { name: 'each second' })
  async eachSecond(): Promise<void> {
    return Promise.resolve();
  }

  @CronJob('0 0 1 1 *', { name: 'yearly' })
  async yearly(): Promise<void> {
    return Promise.resolve();
  }

  @Job()
  async send(_tenant: number): Promise<void> {
    return Promise.resolve();
  }
}

describe('a schedule', () => {
  let database: TestDatabase;
  let client: Client;
  let other: Client;
  let test: TestApplication;
  let schedules: ScheduleService;

  const start = async (): Promise<void> => {
    test = await startApplication({ url: database.url, providers: [Reports] });
    schedules = test.get(ScheduleService);
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    [client, other] = [await connect(database.url), await connect(database.url)];
    await start();
  });

  afterEach(async () => {
    await client.query('ROLLBACK');
    await test.close();
    await client.end();
    await other.end();
    await database.drop();
  });

  /** Not in the transaction of `client`, which sees the activity of its first look. */
  const waitsForLock = (query: string): Promise<void> =>
    eventually(async () =>
      expect(
        await countOf(
          other,
          `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${query}%'`,
        ),
      ).toBeGreaterThan(0),
    );

  it('that is removed while a tick of it is being stored cancels that job, too', async () => {
    const call = test.queue.delayable(Reports).send(1);
    await schedules.upsert('tenant', { cron: '0 0 1 1 *', call });
    await test.runner.stop();
    // What a node does that stores a tick, held before its commit.
    await client.query('BEGIN');
    await client.query(
      `SELECT * FROM queue_job_store_ticks_1(
         (SELECT json_agg(json_build_object('name', name, 'version', version, 'tick', next_tick, 'next', next_tick + interval '1 year',
            'missed', 0, 'noOverlap', false, 'maxTicks', null)) FROM queue_job_schedule WHERE name = 'tenant'),
         json_build_array(json_build_object('uuid', gen_random_uuid(), 'schedule', 'tenant', 'tick', (SELECT next_tick FROM queue_job_schedule WHERE name = 'tenant'),
            'delay', 0, 'name', 'Reports.send', 'channel', 'root', 'priority', 10, 'maxRetries', 5, 'args', '[1]', 'description', 'one',
            'identityUntilDone', false)))`,
    );
    const removed = schedules.remove('tenant', { by: 'Ada' });
    await waitsForLock('queue_job_schedule');
    await client.query('COMMIT');
    await removed;
    expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE schedule = 'tenant'`)).toBe(0);
    const { rows } = await client.query(`SELECT state FROM queue_job_history WHERE schedule = 'tenant'`);
    expect(rows).toEqual([{ state: 'cancelled' }]);
  });

  it('whose key stands in the open transaction of somebody else holds up no other schedule of the node', async () => {
    const call = test.queue.delayable(Reports, { identityKey: 'held' }).send(1);
    await client.query('BEGIN');
    await client.query(
      `SELECT queue_job_enqueue('Reports.send', '[1]'::jsonb, '{"identityKey": "held"}'::jsonb)`,
    );
    await schedules.upsert('held', { every: '1 s', call });
    await eventually(async () =>
      expect(
        await countOf(
          other,
          `SELECT count(*) FROM queue_job_schedule WHERE name = 'held' AND next_tick < now()`,
        ),
      ).toBe(1),
    );
    const before = (await schedules.get('each second')).ticks;
    await eventually(async () =>
      expect((await schedules.get('each second')).ticks).toBeGreaterThan(before + 2),
    );
    expect((await schedules.get('held')).ticks).toBe(0);
    await client.query('ROLLBACK');
    await eventually(async () => expect((await schedules.get('held')).ticks).toBeGreaterThan(0));
  });

  it('has missed its ticks where the only node was killed long ago and nobody has found that yet', async () => {
    await test.close();
    await client.query(
      `INSERT INTO queue_job_node (name, alive, listens, backend, names, schedules, date_started, date_seen)
       VALUES ('killed', true, true, 1, '{Reports.eachSecond,Reports.yearly,Reports.send}', '{"each second",yearly}',
         clock_timestamp() - interval '1 h', clock_timestamp() - interval '10 min')`,
    );
    await client.query(
      `UPDATE queue_job_schedule SET next_tick = date_trunc('second', clock_timestamp()) - interval '30 s', ticks = 0, missed = 0 WHERE name = 'each second'`,
    );
    await start();
    const { missed } = await eventually(async () => {
      const state = await schedules.get('each second');
      expect(state.ticks + state.missed).toBeGreaterThanOrEqual(30);
      return state;
    });
    expect(missed).toBeGreaterThanOrEqual(30);
  });

  it('that vanished under a living node, as after a restore of an older backup, is stored again when the node has another number', async () => {
    await client.query('DELETE FROM queue_job_schedule');
    await client.query('UPDATE queue_job_node SET alive = false');
    await eventually(
      async () => expect((await schedules.list()).map(({ name }) => name)).toEqual(['each second', 'yearly']),
      45_000,
    );
    const { ticks } = await schedules.get('each second');
    await eventually(async () => expect((await schedules.get('each second')).ticks).toBeGreaterThan(ticks));
  }, 90_000);
});
