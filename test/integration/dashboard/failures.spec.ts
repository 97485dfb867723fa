import { Injectable } from '@nestjs/common';
import type {
  AuditPage,
  FailureDetail,
  FailureGroup,
  Overview,
  WatchedJobs,
} from '../../../lib/dashboard.js';
import { Job, RetryableJobError } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  works = false;

  @Job()
  async sell(order: number): Promise<number> {
    if (!this.works) throw new TypeError(`Order ${order} has no lines`);
    return Promise.resolve(order);
  }

  @Job({ retryPattern: { 1: 3_600 } })
  async charge(): Promise<void> {
    return Promise.reject(new RetryableJobError('504 of the gateway'));
  }
}

describe.each(ADAPTERS)('groups of failures, on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let rights: 'all' | 'read';
  let redacted: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    rights = 'all';
    redacted = [];
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Shop],
      logger: false,
      options: { version: '2.4.1', runner: { shutdownTimeout: 200 } },
      dashboard: { guards: [WordGuard], access: () => rights, actor: () => 'ada', redact: () => redacted },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const failed = async (count: number): Promise<FailureGroup> => {
    for (let order = 1; order <= count; order += 1) await test.queue.withDelay(Shop).sell(order);
    return eventually(async () => {
      const [group] = await test.get<FailureGroup[]>('failures');
      expect(group?.count).toBe(count);
      return group as FailureGroup;
    });
  };
  const detail = async (id: string, range = 'day'): Promise<FailureDetail> =>
    test.get<FailureDetail>(`failures/group?${new URLSearchParams({ id, range }).toString()}`);
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

  it('show attempts by hour, node and release, a whole stack, and arguments', async () => {
    const { id } = await failed(3);
    const group = await detail(id);
    expect(group).toMatchObject({
      name: 'Shop.sell',
      excName: 'TypeError',
      count: 3,
      retrying: 0,
      muted: null,
    });
    expect(group.hours).toHaveLength(24);
    expect(group.byNode.map(({ node, counts }) => [typeof node, sum(counts)])).toEqual([['number', 3]]);
    expect(group.byRelease.map(({ release, counts }) => [release, sum(counts)])).toEqual([['2.4.1', 3]]);
    expect(group.releases).toEqual([{ release: '2.4.1', date: expect.any(String) }]);
    expect(group.error?.message).toMatch(/^Order \d has no lines$/);
    expect(group.error?.frames.some(({ text }) => text.includes('failures.spec'))).toBe(true);
    expect(group.samples.map(({ args }) => args)).toEqual(
      Array.from({ length: 3 }, () => [{ t: 'number', v: expect.stringMatching(/^[123]$/) }]),
    );
    expect(group.failed).toHaveLength(3);
    expect((await detail(id, 'week')).hours).toHaveLength(168);
  });

  it('hide what is redacted', async () => {
    redacted = ['error', 'args[0]'];
    const { id } = await failed(1);
    const { error, samples, excMessage } = await detail(id);
    expect(JSON.stringify([error, samples, excMessage])).not.toContain('has no lines');
    expect(samples[0]?.args).toEqual([{ t: 'redacted' }]);
    expect(error?.frames).toEqual([]);
  });

  it('are there for attempts that will be retried, and when all of their jobs are requeued', async () => {
    await test.queue.withDelay(Shop).charge();
    const outage = await eventually(async () => {
      const [group] = await test.get<FailureGroup[]>('failures');
      expect(group).toMatchObject({ name: 'Shop.charge', count: 0, retrying: 1 });
      return group as FailureGroup;
    });
    expect(await detail(outage.id)).toMatchObject({ retrying: 1, failed: [] });
    const { id, firstSeen } = await failed(2);
    const { failed: uuids } = await detail(id);
    test.app.get(Shop).works = true;
    await test.queue.changeAll('requeue', uuids);
    await eventually(async () => {
      const watched = (await (await test.send('failures/watch', { uuids })).json()) as WatchedJobs;
      expect(watched).toMatchObject({ counts: { done: 2, failed: 0 }, gone: 0, failed: [] });
    });
    expect(await detail(id)).toMatchObject({ count: 0, retrying: 0, firstSeen, failed: [] });
  });

  it('are muted by those who may requeue, and then need no attention', async () => {
    const { id } = await failed(1);
    await test.dataSource.query(
      `INSERT INTO queue_job_attempt (job_uuid, name, retry, exc_name, exc_fingerprint)
       SELECT gen_random_uuid(), 'Shop.sell', 1, 'TypeError', $1 FROM generate_series(1, 40)`,
      [id.split(':')[0]],
    );
    await test.dataSource.query(
      `INSERT INTO queue_job_rollup (width, bucket, channel, name, failed) VALUES (60, now(), 'root.x', 'Shop.sell', 40)
       ON CONFLICT DO NOTHING`,
    );
    const kinds = async (): Promise<string[]> =>
      (await test.get<Overview>('overview')).attention.map(({ kind }) => kind);
    await eventually(async () => expect(await kinds()).toEqual(['failing']));
    rights = 'read';
    expect((await test.send('failures/mute', { id, hours: 1 })).status).toBe(403);
    rights = 'all';
    expect((await test.send('failures/mute', { id, hours: 1 })).status).toBe(200);
    expect((await detail(id)).muted).toEqual({
      actor: 'ada',
      date: expect.any(String),
      until: expect.any(String),
    });
    await eventually(async () => expect(await kinds()).toEqual([]));
    await test.send('failures/mute', { id, hours: null });
    expect((await detail(id)).muted?.until).toBeNull();
    await test.send('failures/unmute', { id });
    expect((await detail(id)).muted).toBeNull();
    const { entries } = await test.get<AuditPage>('audit');
    expect(entries.map(({ action, target }) => [action, target])).toEqual([
      ['failures.unmute', id],
      ['failures.mute', id],
      ['failures.mute', id],
    ]);
  });

  it('refuse what is no group, no time and no list of jobs', async () => {
    const status = async (path: string): Promise<number> => (await test.api(path)).status;
    expect(await status('failures/group?id=abc')).toBe(400);
    expect(await status('failures/group?id=ff:No.such')).toBe(404);
    expect(await status('failures/group?id=ff:No.such&range=year')).toBe(400);
    const send = async (path: string, body: unknown): Promise<number> => (await test.send(path, body)).status;
    for (const hours of [0, -1, 9_000, 'x', undefined])
      expect([hours, await send('failures/mute', { id: 'ff:A.b', hours })]).toEqual([hours, 400]);
    for (const uuids of [[], ['x'], 'x', Array.from({ length: 1_001 }, () => crypto.randomUUID())])
      expect(await send('failures/watch', { uuids })).toBe(400);
  });
});
