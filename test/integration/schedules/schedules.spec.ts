import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import {
  CronJob,
  currentJob,
  Job,
  type QueueJobModuleOptions,
  type ScheduleTick,
  ScheduleNotFoundError,
  ScheduleService,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** Far enough from now that it doesn't tick during a test. */
const YEARLY = '0 0 1 1 *';

@Injectable()
class Reports {
  readonly ticks: (ScheduleTick | null)[] = [];
  readonly calls: unknown[][] = [];
  gate = new Gate();

  @CronJob({ every: '1 s' }, { name: 'each second', args: ['tick'] })
  async eachSecond(word: string): Promise<void> {
    this.calls.push([word]);
    this.ticks.push(currentJob().tick);
  }

  @CronJob(YEARLY, { timeZone: 'Europe/Berlin', priority: 3, channel: 'yearly' })
  @Job({ maxRetries: 2, description: 'Once a year' })
  async yearly(): Promise<void> {
    this.ticks.push(currentJob().tick);
  }

  @CronJob(YEARLY, { name: 'blocks', noOverlap: true })
  async blocks(): Promise<void> {
    this.ticks.push(currentJob().tick);
    await this.gate.opened;
  }

  @Job()
  async send(tenant: number): Promise<void> {
    this.calls.push([tenant]);
    this.ticks.push(currentJob().tick);
  }
}

describe('a schedule', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  let reports: Reports;
  let schedules: ScheduleService;

  const start = async (options: QueueJobModuleOptions = {}): Promise<void> => {
    test = await startApplication({ url: database.url, providers: [Reports], options });
    reports = test.get(Reports);
    schedules = test.get(ScheduleService);
  };
  /** Sets when a schedule ticks next, by seconds from now. */
  const due = async (name: string, seconds: number): Promise<void> => {
    await client.query(
      `UPDATE queue_job_schedule SET next_tick = date_trunc('second', clock_timestamp()) + $2::float8 * interval '1 second' WHERE name = $1`,
      [name, seconds],
    );
  };
  const storedTicks = async (name: string): Promise<string[]> => {
    const { rows } = await client.query<{ at: string }>(
      `SELECT scheduled_at::text AS at FROM (SELECT schedule, scheduled_at FROM queue_job UNION ALL
         SELECT schedule, scheduled_at FROM queue_job_history) j WHERE schedule = $1 ORDER BY scheduled_at`,
      [name],
    );
    return rows.map(({ at }) => at);
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    reports.gate.open();
    await test.close();
    await client.end();
    await database.drop();
  });

  it('ticks at each second, and the job knows its tick and the one before', async () => {
    await start();
    await eventually(() => expect(reports.ticks.length).toBeGreaterThanOrEqual(3));
    const [first, second] = reports.ticks as ScheduleTick[];
    expect(first).toMatchObject({ name: 'each second', previous: null, manual: false });
    expect(first?.scheduledAt.getMilliseconds()).toBe(0);
    expect(second?.previous).toEqual(first?.scheduledAt);
    expect((second?.scheduledAt.getTime() ?? 0) - (first?.scheduledAt.getTime() ?? 0)).toBe(1_000);
    expect(reports.calls[0]).toEqual(['tick']);
    const { rows } = await client.query<{ late: number }>(
      `SELECT extract(epoch FROM date_started - scheduled_at)::float8 AS late FROM queue_job_history`,
    );
    expect(Math.min(...rows.map(({ late }) => late))).toBeGreaterThanOrEqual(0);
    expect(Math.min(...rows.map(({ late }) => late))).toBeLessThan(0.25);
  });

  it('gives its jobs what the decorators say', async () => {
    await start();
    const job = await schedules.runNow('Reports.yearly');
    expect(job).toMatchObject({
      name: 'Reports.yearly',
      priority: 3,
      channel: 'root.yearly',
      maxRetries: 2,
      description: 'Once a year',
      schedule: 'Reports.yearly',
    });
    expect(job.tick).toMatchObject({ name: 'Reports.yearly', manual: true, previous: null });
    await test.queue.finished(job.uuid);
    expect((await test.queue.find(job.uuid))?.tick).toEqual(job.tick);
  });

  it('is listed with its next ticks, its last job and its counts', async () => {
    await start();
    const job = await schedules.runNow('Reports.yearly');
    await test.queue.finished(job.uuid);
    const state = await schedules.get('Reports.yearly');
    expect(state).toMatchObject({
      source: 'code',
      jobName: 'Reports.yearly',
      cron: YEARLY,
      every: null,
      timeZone: 'Europe/Berlin',
      channel: 'root.yearly',
      skipped: 0,
      missed: 0,
      ticks: 0,
      paused: null,
      gone: false,
      changed: [],
    });
    expect(state.nextTicks.map((tick) => tick.toISOString().slice(4))).toEqual([
      '-12-31T23:00:00.000Z',
      '-12-31T23:00:00.000Z',
      '-12-31T23:00:00.000Z',
    ]);
    expect(state.lastRun).toMatchObject({ uuid: job.uuid, state: 'done', manual: true });
    expect((await schedules.runs('Reports.yearly')).map(({ uuid }) => uuid)).toEqual([job.uuid]);
    expect((await schedules.list()).map(({ name }) => name)).toEqual([
      'Reports.yearly',
      'blocks',
      'each second',
    ]);
    expect((await schedules.list({ search: 'SECOND' })).map(({ name }) => name)).toEqual(['each second']);
  });

  it('with noOverlap stores nothing while a job of it runs, and counts what it skipped', async () => {
    await start();
    const job = await schedules.runNow('blocks');
    await eventually(() => expect(reports.ticks.some((tick) => tick?.name === 'blocks')).toBe(true));
    await due('blocks', 1);
    await schedules.configure('blocks', { priority: 5 });
    await eventually(async () =>
      expect(await schedules.get('blocks')).toMatchObject({ skipped: 1, ticks: 0 }),
    );
    expect((await schedules.get('blocks')).nextTicks).toHaveLength(3);
    const asked = await schedules.runNow('blocks');
    reports.gate.open();
    await test.queue.finished(job.uuid);
    await test.queue.finished(asked.uuid);
    expect(await storedTicks('blocks')).toHaveLength(2);
  });

  it('that is paused stores nothing, makes nothing up, and can still be run by hand', async () => {
    await start();
    await schedules.pause('each second', { by: 'Ada' });
    const { ticks, paused, nextTicks } = await schedules.get('each second');
    expect(paused).toMatchObject({ by: 'Ada' });
    expect(nextTicks).toEqual([]);
    await client.query('SELECT pg_sleep(2.1)');
    expect((await schedules.get('each second')).ticks).toBe(ticks);
    const job = await schedules.runNow('each second');
    await test.queue.finished(job.uuid);
    await schedules.resume('each second');
    await eventually(async () => expect((await schedules.get('each second')).ticks).toBe(ticks + 1));
    const { rows } = await client.query<{ gap: number }>(
      `SELECT extract(epoch FROM max(scheduled_at) - min(scheduled_at))::float8 AS gap FROM queue_job_history WHERE schedule = 'each second' AND tick->>'manual' IS NULL`,
    );
    expect((await schedules.get('each second')).missed).toBe(0);
    expect(rows).toHaveLength(1);
  });

  it('can be changed while everything runs, and given back to its code', async () => {
    await start();
    await schedules.configure('each second', { cron: YEARLY, timeZone: 'Asia/Kolkata', channel: 'other' });
    expect(await schedules.get('each second')).toMatchObject({
      cron: YEARLY,
      every: null,
      timeZone: 'Asia/Kolkata',
      channel: 'root.other',
      changed: ['cron', 'every', 'timeZone', 'channel'],
      declared: { cron: null, every: 1_000, timeZone: 'UTC', channel: null },
    });
    await schedules.configure('each second', { timeZone: null, channel: null });
    expect(await schedules.get('each second')).toMatchObject({
      cron: YEARLY,
      timeZone: 'UTC',
      channel: null,
    });
    const { ticks } = await schedules.get('each second');
    await test.close();
    await start();
    expect(await schedules.get('each second')).toMatchObject({ cron: YEARLY, ticks });
    await schedules.reset('each second');
    await eventually(async () => expect((await schedules.get('each second')).ticks).toBeGreaterThan(ticks));
    expect(await schedules.get('each second')).toMatchObject({ every: 1_000, changed: [] });
  });

  it('that data makes is served, changed, and removed with the jobs that wait', async () => {
    await start();
    const upsert = (tenant: number, options: { every?: string; cron?: string }): Promise<void> =>
      schedules.upsert('tenant 7', { ...options, call: test.queue.delayable(Reports).send(tenant) });
    await upsert(7, { every: '1 s' });
    await eventually(() => expect(reports.calls).toContainEqual([7]));
    await upsert(8, { cron: YEARLY });
    const before = await schedules.get('tenant 7');
    expect(before).toMatchObject({ source: 'data', jobName: 'Reports.send', cron: YEARLY, every: null });
    await upsert(8, { cron: YEARLY });
    await test.runner.stop();
    const job = await schedules.runNow('tenant 7');
    expect(job.args).toEqual([8]);
    await schedules.remove('tenant 7', { by: 'Ada' });
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'cancelled', result: 'Cancelled by Ada' });
    await expect(schedules.get('tenant 7')).rejects.toThrow(ScheduleNotFoundError);
  });

  it('ends after maxTicks', async () => {
    await start();
    await schedules.upsert('three', {
      every: '1 s',
      maxTicks: 3,
      call: test.queue.delayable(Reports).send(3),
    });
    await eventually(async () => expect((await schedules.get('three')).ticks).toBe(3));
    expect((await schedules.get('three')).nextTicks).toEqual([]);
    expect(await storedTicks('three')).toHaveLength(3);
  });

  it('spreads its jobs by the jitter, never before the tick', async () => {
    await start();
    await schedules.configure('Reports.yearly', { jitter: '1 h' });
    await due('Reports.yearly', 1);
    await schedules.configure('Reports.yearly', { priority: 1 });
    const eta = await eventually(async () => {
      const { rows } = await client.query<{ delay: number; phase: number }>(
        `SELECT extract(epoch FROM eta - scheduled_at)::float8 AS delay, phase FROM queue_job WHERE schedule = 'Reports.yearly'`,
      );
      expect(rows).toHaveLength(1);
      return rows[0];
    });
    expect(eta?.delay).toBeGreaterThan(0);
    expect(eta?.delay).toBeLessThan(3_600);
  });

  describe('whose ticks were missed while no node ran', () => {
    const missed = async (catchUp: 'none' | 'last' | 'all', seconds: number): Promise<void> => {
      await start();
      await schedules.configure('Reports.yearly', { every: '10 s', catchUp });
      await test.close();
      await client.query(
        `UPDATE queue_job_schedule SET version = version + 1, next_tick = to_timestamp(floor(extract(epoch FROM clock_timestamp()) / 10) * 10 - $1)
         WHERE name = 'Reports.yearly'`,
        [seconds],
      );
      await start();
    };

    it('makes up none by default', async () => {
      await missed('none', 100);
      await eventually(async () =>
        expect((await schedules.get('Reports.yearly')).missed).toBeGreaterThanOrEqual(10),
      );
      const { ticks, missed: counted } = await schedules.get('Reports.yearly');
      expect(counted).toBeLessThanOrEqual(11);
      expect(ticks).toBeLessThanOrEqual(1);
    });

    it('makes up the last', async () => {
      await missed('last', 100);
      const [tick] = await eventually(async () => {
        const found = await storedTicks('Reports.yearly');
        expect(found.length).toBeGreaterThanOrEqual(1);
        return found;
      });
      const { rows } = await client.query<{ age: number }>(
        `SELECT extract(epoch FROM clock_timestamp() - $1::timestamptz)::float8 AS age`,
        [tick],
      );
      expect(rows[0]?.age).toBeLessThan(30);
    });

    it('makes up all, the oldest first, and 1,000 at most', async () => {
      await missed('all', 100);
      await eventually(async () =>
        expect((await storedTicks('Reports.yearly')).length).toBeGreaterThanOrEqual(10),
      );
      const order = await client.query<{ at: Date }>(
        `SELECT scheduled_at AS at FROM (SELECT schedule, seq, scheduled_at FROM queue_job UNION ALL SELECT schedule, seq, scheduled_at FROM queue_job_history) j
         WHERE schedule = 'Reports.yearly' ORDER BY seq`,
      );
      const ticks = order.rows.map(({ at }) => at.getTime());
      expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
      await test.close();
      await missed('all', 20_000);
      await eventually(async () =>
        expect((await schedules.get('Reports.yearly')).ticks).toBeGreaterThanOrEqual(1_010),
      );
      expect((await schedules.get('Reports.yearly')).missed).toBeGreaterThanOrEqual(1_000);
      expect((await schedules.get('Reports.yearly')).ticks).toBeLessThanOrEqual(1_016);
    });
  });

  it('that nobody serves is left alone by a process that only stores, and by one without schedules', async () => {
    await start({ runner: false });
    expect(await schedules.list()).toEqual([]);
    await test.close();
    await start({ schedules: false });
    expect(await schedules.list()).toEqual([]);
    await schedules.upsert('one', { every: '1 s', call: test.queue.delayable(Reports).send(1) });
    await client.query('SELECT pg_sleep(1.5)');
    expect(await storedTicks('one')).toEqual([]);
    expect(await schedules.get('one')).toMatchObject({ gone: true });
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_schedule WHERE next_tick < now()')).toBe(1);
  });
});
