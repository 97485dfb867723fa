import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  AuditPage,
  FunctionView,
  Problem,
  SchedulePage,
  ScheduleRunView,
  ScheduleView,
} from '../../../lib/dashboard.js';
import { CronJob, Job } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  readonly sent: unknown[] = [];

  @CronJob('0 6 * * MON-FRI', { name: 'daily report', timeZone: 'Europe/Berlin' })
  async report(): Promise<void> {
    return Promise.resolve();
  }

  @Job({ schedulable: true, schema: z.date() })
  async send(when: Date): Promise<void> {
    this.sent.push(when);
    return Promise.resolve();
  }

  @Job()
  async refund(amount: number): Promise<void> {
    this.sent.push(amount);
    return Promise.resolve();
  }
}

describe.each(ADAPTERS)('the schedules of the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let rights: 'all' | 'read';

  beforeEach(async () => {
    database = await createTestDatabase();
    rights = 'all';
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Shop],
      logger: false,
      options: { runner: { shutdownTimeout: 200 } },
      dashboard: { guards: [WordGuard], access: () => rights, actor: () => 'ada' },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const one = (): Promise<ScheduleView> => test.get<ScheduleView>('schedules/daily%20report');
  const json = async <T>(response: Response, status = 200): Promise<T> => {
    const text = await response.text();
    expect([response.status, text]).toEqual([status, text]);
    return JSON.parse(text) as T;
  };

  it('are listed, run, paused, changed and given back, and all of it is in the audit trail', async () => {
    const { schedules, next } = await test.get<SchedulePage>('schedules?search=REPORT');
    expect(next).toBeNull();
    expect(schedules).toEqual([await one()]);
    expect(await one()).toMatchObject({
      cron: '0 6 * * MON-FRI',
      timeZone: 'Europe/Berlin',
      source: 'code',
      jobName: 'Shop.report',
      paused: null,
      gone: false,
    });
    expect((await one()).nextTicks).toHaveLength(3);
    const { uuid } = await json<{ uuid: string }>(await test.send('schedules/daily%20report/run', {}));
    await test.queue.finished(uuid);
    const runs = await test.get<ScheduleRunView[]>('schedules/daily%20report/runs');
    expect(runs).toMatchObject([{ uuid, state: 'done', manual: true }]);
    expect(await json(await test.send('schedules/daily%20report/pause', {}))).toMatchObject({
      paused: { by: 'ada' },
      nextTicks: [],
    });
    expect(await json(await test.send('schedules/daily%20report/resume', {}))).toMatchObject({
      paused: null,
    });
    const changed = { cron: '30 7 * * *', timeZone: 'Asia/Kolkata', endAt: '2099-01-01T00:00:00Z' };
    expect(await json(await test.send('schedules/daily%20report', changed, 'PATCH'))).toMatchObject({
      cron: '30 7 * * *',
      timeZone: 'Asia/Kolkata',
      endAt: '2099-01-01T00:00:00.000Z',
      declared: { cron: '0 6 * * MON-FRI' },
    });
    expect(await json(await test.send('schedules/daily%20report/reset', {}))).toMatchObject({
      cron: '0 6 * * MON-FRI',
      changed: [],
    });
    const { entries } = await test.get<AuditPage>('audit');
    expect(entries.map(({ actor, action, target }) => [actor, action, target])).toEqual(
      ['reset', 'change', 'resume', 'pause', 'run'].map((what) => [
        'ada',
        `schedules.${what}`,
        'daily report',
      ]),
    );
  });

  it('are added for a job function, with arguments that the codec reads, and removed', async () => {
    const body = {
      jobName: 'Shop.send',
      args: [{ $type: 'Date', value: '2026-01-01T00:00:00.000Z' }],
      every: '1 s',
    };
    expect(await json(await test.send('schedules/send', body, 'PUT'))).toMatchObject({
      source: 'data',
      every: 1_000,
      jobName: 'Shop.send',
    });
    const { sent } = test.app.get(Shop);
    await eventually(() => expect(sent[0]).toEqual(new Date('2026-01-01T00:00:00.000Z')));
    expect(await json(await test.send('schedules/send', {}, 'DELETE'))).toEqual({ name: 'send' });
    await json(await test.api('schedules/send'), 404);
  });

  it('are refused where the input is wrong, and nothing is changed', async () => {
    const refused = async (path: string, body: unknown, method: string, text: string, status = 400) => {
      const problem = await json<Problem>(await test.send(path, body, method), status);
      expect(problem.detail).toContain(text);
    };
    const path = 'schedules/daily%20report';
    await refused(path, { cron: '0 9 31 2 *' }, 'PATCH', 'names a day that never comes');
    await refused(path, { timeZone: 'Mars/Base' }, 'PATCH', "'Mars/Base' is unknown");
    await refused(path, { every: '500 ms' }, 'PATCH', 'a second at least');
    await refused(path, { nonsense: 1 }, 'PATCH', 'nonsense');
    await refused(path, {}, 'PATCH', 'must change something');
    await refused('schedules/none', { cron: '@daily' }, 'PATCH', 'no schedule named', 404);
    await refused('schedules/none/run', {}, 'POST', 'no schedule named', 404);
    await refused(path, {}, 'DELETE', 'is declared by @CronJob()');
    await refused('schedules/x', { jobName: 'No.such', args: [], cron: '@daily' }, 'PUT', 'No.such', 404);
    const when = [{ $type: 'Date', value: '2026-01-01T00:00:00.000Z' }];
    const add = { jobName: 'Shop.send', args: when, cron: '@daily' };
    await refused('schedules/x', { ...add, args: {} }, 'PUT', 'args');
    await refused('schedules/x', { jobName: 'Shop.send', args: when }, 'PUT', 'Give either cron or every');
    await refused(path, add, 'PUT', 'is declared by @CronJob()');
    await refused('schedules/x', { ...add, args: ['today'] }, 'PUT', 'do not match its schema: args[0]: ');
    await refused('schedules/x', { ...add, args: [{ $type: 'Moon' }] }, 'PUT', 'cannot be read: ');
    await refused('schedules/x', { ...add, args: [{ $type: 'Date', value: 1 }] }, 'PUT', 'cannot be read: ');
    await refused(
      'schedules/x',
      { ...add, jobName: 'Shop.refund', args: [5] },
      'PUT',
      'Shop.refund does not allow schedules that people add. Its code allows them with @Job({ schedulable: true }).',
    );
    expect(await one()).toMatchObject({ cron: '0 6 * * MON-FRI', changed: [] });
    expect((await test.get<SchedulePage>('schedules')).schedules).toHaveLength(1);
  });

  it('are offered for the job functions that allow it', async () => {
    const functions = await test.get<FunctionView[]>('functions');
    expect(functions.filter(({ schedulable }) => schedulable).map(({ name }) => name)).toEqual(['Shop.send']);
  });

  it('are only looked at by those who may not change them', async () => {
    rights = 'read';
    expect((await one()).name).toBe('daily report');
    for (const [path, method] of [
      ['schedules/daily%20report', 'PATCH'],
      ['schedules/daily%20report', 'PUT'],
      ['schedules/daily%20report', 'DELETE'],
      ['schedules/daily%20report/run', 'POST'],
      ['schedules/daily%20report/pause', 'POST'],
    ] as const)
      expect((await test.send(path, { cron: '@daily' }, method)).status).toBe(403);
  });
});
