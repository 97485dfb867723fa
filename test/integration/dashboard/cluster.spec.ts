import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type {
  AuditPage,
  BatchPage,
  BatchView,
  ChannelLoad,
  ChannelView,
  FailureGroup,
  FunctionView,
  GraphView,
  JobPage,
  Metrics,
  NodeView,
  Overview,
  Problem,
} from '../../../lib/dashboard.js';
import { chain, currentJob, group, Job } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  fails = true;

  @Job({ defaultChannel: 'shop', retryPattern: { 1: 5, 3: [10, 20] } })
  async sell(order: number): Promise<number> {
    if (this.fails && order > 0) throw new TypeError(`Order ${order} of "Ann" has no lines`);
    return Promise.resolve(order);
  }

  @Job()
  async wait(): Promise<void> {
    const { signal } = currentJob();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
}

describe.each(ADAPTERS)('the dashboard on %s', (_, adapter) => {
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
      options: {
        version: '2.4.1',
        channels: 'root:10,root.shop:3,root.off:1:paused,root.slow:2:throttle=5',
        runner: { shutdownTimeout: 200 },
      },
      dashboard: {
        guards: [WordGuard],
        access: () => rights,
        redact: () => redacted,
        actor: ({ user }) => (user as { name: string }).name,
      },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const query = async (text: string, values: unknown[] = []): Promise<unknown> =>
    test.dataSource.query(text, values);
  const json = async <T>(response: Response, status = 200): Promise<T> => {
    const body = (await response.json()) as T;
    expect([response.status, body]).toEqual([status, body]);
    return body;
  };
  const failing = async (orders: number): Promise<void> => {
    for (let order = 1; order <= orders; order += 1)
      await test.queue.withDelay(Shop, { description: 'A sale' }).sell(order);
    await eventually(async () => expect((await test.queue.counts()).failed).toBe(orders));
  };

  it('tells at a glance how it goes', async () => {
    await failing(2);
    const waits = await test.queue.withDelay(Shop, { channel: 'off' }).sell(0);
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, date_created) VALUES ($1, 'Gone.job', 'x', 'root.off', now() - interval '1 minute')`,
      [randomUUID()],
    );
    await query(
      `INSERT INTO queue_job_rollup (width, bucket, channel, name, done) VALUES (60, now() - interval '5 minutes', 'root.shop', 'Shop.sell', 7)`,
    );
    const overview = await test.get<Overview>('overview');
    expect(overview.counts).toMatchObject({
      failed: { count: 2, capped: false },
      pending: { count: 2, capped: false },
    });
    expect(overview.oldestWaiting).toMatchObject({ name: 'Gone.job', state: 'pending' });
    expect(overview.oldestWait).toBeGreaterThan(59);
    expect(overview.nodes).toEqual({ alive: 1, running: 0, concurrency: 10 });
    expect(overview.unknownNames).toEqual(['Gone.job']);
    expect(overview.busiest).toEqual([
      { channel: 'root', ended: 7, running: 0, waiting: 2, capacity: 10 },
      { channel: 'root.shop', ended: 7, running: 0, waiting: 0, capacity: 3 },
      { channel: 'root.off', ended: 0, running: 0, waiting: 2, capacity: 1 },
    ]);
    expect((await test.queue.find(waits.uuid))?.state).toBe('pending');
  });

  it('draws charts over an hour, a day and a week', async () => {
    for (const [range, step, points] of [
      ['hour', 60, 60],
      ['day', 900, 96],
      ['week', 3600, 168],
    ] as const) {
      await query(
        `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, failed, run, wait)
         VALUES ($1::int, date_bin($1::int * interval '1 second', now(), to_timestamp(0)), 'root.shop', 'Shop.sell', 4, 1, '{5}', '{0,5}')`,
        [step],
      );
      const metrics = await test.get<Metrics>(`metrics?range=${range}&channel=shop`);
      expect([metrics.range, metrics.step, metrics.times.length]).toEqual([range, step, points]);
      for (const list of [metrics.done, metrics.depth, metrics.wait.p50, metrics.run.p99])
        expect(list.length).toBe(points);
      expect([metrics.done.at(-1), metrics.failed.at(-1), metrics.done.at(-2)]).toEqual([4, 1, 0]);
      expect([metrics.run.p95.at(-1), metrics.run.p95.at(-2), metrics.depth.at(-1)]).toEqual([
        0.00005,
        null,
        null,
      ]);
    }
    expect((await test.get<Metrics>('metrics?name=Other.job')).done.every((one) => one === 0)).toBe(true);
    const wrong = await json<Problem>(await test.api('metrics?range=year'), 400);
    expect(wrong.errors).toEqual([{ path: 'range', message: 'must be hour, day or week' }]);
  });

  it('groups failures, finds the jobs of a group and requeues all of them', async () => {
    await failing(3);
    await query(
      `UPDATE queue_job SET exc_fingerprint = NULL, exc_name = 'OldError' WHERE uuid = (SELECT uuid FROM queue_job ORDER BY seq LIMIT 1)`,
    );
    const groups = await test.get<FailureGroup[]>('failures');
    expect(groups.map(({ name, excName, count }) => ({ name, excName, count }))).toEqual([
      { name: 'Shop.sell', excName: 'TypeError', count: 2 },
      { name: 'Shop.sell', excName: 'OldError', count: 1 },
    ]);
    const [many, one] = groups as [FailureGroup, FailureGroup];
    expect(many.excMessage).toBe('Order 3 of "Ann" has no lines');
    expect(many.spark.reduce((sum, count) => sum + count)).toBe(3);
    const idOf = ({ id }: FailureGroup): string => encodeURIComponent(id);
    const of = async (failure: FailureGroup, more = ''): Promise<number> =>
      (await test.get<JobPage>(`jobs?failure=${idOf(failure)}${more}`)).jobs.length;
    expect([await of(many), await of(one), await of(many, '&state=done')]).toEqual([2, 1, 0]);
    expect(await of(many, '&channel=shop&graph=' + randomUUID())).toBe(0);
    expect((await test.get<JobPage>(`jobs?failure=${idOf(many)}&limit=1`)).next).not.toBeNull();
    await json<Problem>(await test.api('jobs?failure=nonsense'), 400);

    test.app.get(Shop).fails = false;
    const answer = await test.send('jobs/actions/requeue', { filter: { failure: many.id }, expected: 2 });
    expect(await answer.text()).toContain('"changed":2');
    await eventually(async () => expect(await test.get<FailureGroup[]>('failures')).toHaveLength(1));
    redacted = ['error'];
    expect((await test.get<FailureGroup[]>('failures'))[0]?.excMessage).toBe('[redacted]');
  });

  it('counts what will be retried as failures too, and knows since when', async () => {
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, state, phase, eta, retry, exc_name, exc_message, exc_fingerprint)
       SELECT ('0198' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5('r' || i), 1, 12))::uuid, 'Shop.pay', 'x', 'root.shop', 'pending', 1, now() + interval '3 hours', 1,
         CASE WHEN i <= 7 THEN 'GatewayError' END, CASE WHEN i <= 7 THEN '504' END, CASE WHEN i <= 7 THEN 'f0' END FROM generate_series(1, 9) i`,
    );
    await query(
      `INSERT INTO queue_job_attempt (job_uuid, name, retry, date_ended, exc_name, exc_fingerprint)
       SELECT uuid, name, 1, now() - interval '1 hour' * retry, exc_name, exc_fingerprint FROM queue_job WHERE exc_name IS NOT NULL
       UNION ALL SELECT gen_random_uuid(), 'Shop.pay', 1, now() - interval '20 days', 'GatewayError', 'f0'`,
    );
    const [outage, ...others] = await test.get<FailureGroup[]>('failures');
    expect(others).toEqual([]);
    expect(outage).toMatchObject({ name: 'Shop.pay', excName: 'GatewayError', count: 0, retrying: 7 });
    expect(outage?.spark.reduce((sum, count) => sum + count)).toBe(7);
    expect(outage?.jobs).toHaveLength(7);
    const days = (Date.now() - Date.parse(outage?.firstSeen ?? '')) / 86_400_000;
    expect([Math.round(days), Date.parse(outage?.lastSeen ?? '') <= Date.now()]).toEqual([20, true]);
    const { jobs } = await test.get<JobPage>('jobs?state=pending&name=Shop.pay&error=GatewayError');
    expect(jobs).toHaveLength(7);
  });

  it('shows channels, changes them at once, and takes that back', async () => {
    const before = await test.get<ChannelView>('channels/root.shop');
    expect(before).toMatchObject({ capacity: 3, paused: false, changed: {}, nextStart: null });
    expect(before.configured).toMatchObject({ capacity: 3 });
    expect((await test.get<ChannelView[]>('channels')).map(({ name }) => name)).toEqual([
      'root',
      'root.off',
      'root.shop',
      'root.slow',
    ]);
    const changed = await json<ChannelView>(
      await test.send('channels/root.shop', { capacity: 1, paused: true }, 'PATCH'),
    );
    expect(changed).toMatchObject({ capacity: 1, paused: true, changed: { capacity: 1, paused: true } });
    const { uuid } = await test.queue.withDelay(Shop).sell(0);
    expect((await test.get<ChannelView>('channels/shop')).waiting).toBe(1);
    expect(await json(await test.send('channels/root.shop/reset', {}))).toMatchObject({
      capacity: 3,
      paused: false,
      changed: {},
    });
    await test.queue.finished(uuid, { timeout: 5_000 });
    await test.queue.finished(await test.queue.withDelay(Shop, { channel: 'slow' }).sell(0), {
      timeout: 5_000,
    });
    const next = new Date((await test.get<ChannelView>('channels/root.slow')).nextStart ?? 0);
    expect(next.getTime()).toBeGreaterThan(Date.now());
  });

  it('says of a channel whether it keeps up, with the waits of what waits still, and who changed it', async () => {
    await query(
      `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, retried, wait, run)
       SELECT 60, date_trunc('minute', now()) - m * interval '1 minute', 'root.off.deep', f, 3, 1, '{0,4}', r
       FROM generate_series(1, 10) m, (VALUES ('Shop.sell', '{0,0,0,0,9}'::int[]), ('Shop.wait', '{1}')) x (f, r)`,
    );
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, date_created)
       SELECT gen_random_uuid(), 'Shop.sell', 'x', 'root.off', now() - interval '2 hours' FROM generate_series(1, 20)`,
    );
    const [ready] = (await query(
      `INSERT INTO queue_job (uuid, name, description, channel, date_created)
       VALUES (gen_random_uuid(), 'Shop.sell', 'x', 'root.off', now() - interval '5 hours') RETURNING uuid`,
    )) as { uuid: string }[];
    await test.send('channels/root.off', { capacity: 2 }, 'PATCH');
    const load = await test.get<ChannelLoad>('channels/off/load');
    expect(load).toMatchObject({ ended: 60, perMinute: 4, secondsToEmpty: (21 / 4) * 60 });
    // 80 attempts that waited for a moment, and 21 jobs that have waited for hours.
    expect(load.wait.p50).toBeLessThan(0.001);
    expect(load.wait.p95).toBeGreaterThan(6_000);
    expect(load.oldest?.uuid).toBe(ready?.uuid);
    expect(load.oldest?.seconds).toBeGreaterThan(17_990);
    expect(load.functions).toMatchObject([
      { name: 'Shop.sell', waiting: 21, ended: 30 },
      { name: 'Shop.wait', waiting: 0, ended: 30 },
    ]);
    expect(load.functions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(load.nodes).toHaveLength(1);
    expect(load.changes).toMatchObject([
      { actor: 'ada', action: 'channels.change', details: { change: { capacity: 2 } } },
    ]);
    const functions = await test.get<FunctionView[]>('functions');
    expect(functions.find(({ name }) => name === 'Shop.sell')).toMatchObject({ total: 0, failureRate: null });
    rights = 'read';
    expect((await test.get<ChannelLoad>('channels/off/load')).changes).toBeNull();
    await json(await test.api('channels/none/load'), 404);
  });

  it('refuses changes that make no sense, and says why', async () => {
    const refusals: [string, object, number, string][] = [
      ['channels/root.shop', { capacity: -1 }, 400, 'capacity: must be at least 0, or null'],
      ['channels/root.shop', { capacity: '3' }, 400, 'capacity: must be a number or null'],
      ['channels/root.shop', { capacity: 1.5 }, 400, 'root.shop'],
      ['channels/root.shop', { sequential: true, capacity: 2 }, 400, 'sequential'],
      ['channels/root.shop', { speed: 1 }, 400, 'speed: is unknown; known are capacity'],
      ['channels/root.shop', {}, 400, 'must change something'],
      ['channels/root.shop', [], 400, 'must'],
      ['channels/root.none', { capacity: 1 }, 404, 'There is no channel root.none'],
      ['functions/Shop.sell', { retryPattern: { 1: -5 } }, 400, 'retryPattern'],
      ['functions/Shop.sell', { channel: 'a..b' }, 400, 'channel'],
      ['functions/Shop.none', { channel: 'shop' }, 404, 'Shop.none'],
    ];
    for (const [path, body, status, detail] of refusals) {
      const problem = await json<Problem>(await test.send(path, body, 'PATCH'), status);
      expect(problem.detail).toContain(detail);
    }
  });

  it('shows job functions with what becomes of their jobs, changes them and takes that back', async () => {
    await failing(1);
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel) VALUES ($1, 'Gone.job', 'x', 'root.off')`,
      [randomUUID()],
    );
    await query(
      `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, failed, retried, run)
       VALUES (900, now() - interval '5 hours', 'root.shop', 'Shop.sell', 7, 1, 2, '{0,0,10}')`,
    );
    const list = await test.get<FunctionView[]>('functions');
    expect(list.map(({ name, known }) => [name, known])).toEqual([
      ['Gone.job', false],
      ['Shop.sell', true],
      ['Shop.wait', true],
    ]);
    const sell = list[1] as FunctionView;
    expect(sell).toMatchObject({
      channel: 'root.shop',
      retryPattern: { 1: 5, 3: [10, 20] },
      declared: { channel: 'root.shop', retryPattern: { 1: 5, 3: [10, 20] } },
      changed: { channel: null, retryPattern: null },
      waiting: 0,
      running: 0,
      failed: 1,
      ended: 8,
      failedTries: 3,
    });
    expect(sell.runP50).toBeGreaterThan(0.0001);
    const changed = await json<FunctionView>(
      await test.send('functions/Shop.sell', { channel: 'off', retryPattern: { 1: 60 } }, 'PATCH'),
    );
    expect(changed).toMatchObject({
      channel: 'root.off',
      retryPattern: { 1: 60 },
      changed: { channel: 'root.off', retryPattern: { 1: 60 } },
    });
    expect(await json(await test.send('functions/Shop.sell', { channel: null }, 'PATCH'))).toMatchObject({
      channel: 'root.shop',
      retryPattern: { 1: 60 },
    });
    // An override that equals the code is dropped.
    expect(
      await json(await test.send('functions/Shop.sell', { retryPattern: { 1: 5, 3: [10, 20] } }, 'PATCH')),
    ).toMatchObject({ changed: { channel: null, retryPattern: null } });
    await test.send('functions/Shop.sell', { channel: 'root.off', retryPattern: { 1: 60 } }, 'PATCH');
    expect(await json(await test.send('functions/Shop.sell', { channel: 'shop' }, 'PATCH'))).toMatchObject({
      channel: 'root.shop',
      changed: { channel: null, retryPattern: { 1: 60 } },
    });
    expect(await json(await test.send('functions/Shop.sell/reset', {}))).toMatchObject({
      retryPattern: { 1: 5, 3: [10, 20] },
      changed: { channel: null, retryPattern: null },
    });
    await json(await test.api('functions/No.such'), 404);
  });

  it('pauses a job function, says by whom, and lets it go on', async () => {
    const paused = await json<FunctionView>(
      await test.send('functions/Shop.sell', { paused: true }, 'PATCH'),
    );
    expect(paused.paused).toEqual({ by: 'ada', since: expect.stringMatching(/^\d{4}-.*Z$/) });
    const { uuid } = await test.queue.withDelay(Shop).sell(1);
    expect((await test.queue.explain(uuid)).reasons).toMatchObject([{ kind: 'functionPaused', by: 'ada' }]);
    const resumed = await json<FunctionView>(
      await test.send('functions/Shop.sell', { paused: false }, 'PATCH'),
    );
    expect(resumed.paused).toBeNull();
    await test.queue.finished(uuid).catch(() => undefined);
  });

  it('shows nodes with what they run, drains them and stops them', async () => {
    const { uuid } = await test.queue.withDelay(Shop).wait();
    const [node] = await eventually(async () => {
      const nodes = await test.get<NodeView[]>('nodes');
      expect(nodes[0]?.running.map((job) => job.uuid)).toEqual([uuid]);
      expect(nodes[0]?.memory).toBeGreaterThan(1_000_000);
      expect(nodes[0]).toMatchObject({
        release: '2.4.1',
        channels: null,
        functions: ['Shop.sell', 'Shop.wait'],
      });
      const { id, name } = nodes[0] as NodeView;
      expect(await test.get('nodes/names')).toEqual([{ id, name, release: '2.4.1' }]);
      return nodes as [NodeView];
    });
    expect(node).toMatchObject({ state: 'alive', listens: true, concurrency: 10, dateEnded: null });
    const act = async (action: string): Promise<NodeView> =>
      json<NodeView>(await test.send(`nodes/${node.id}/actions/${action}`, {}));
    expect((await act('drain')).state).toBe('draining');
    expect((await act('resume')).state).toBe('alive');
    expect((await act('stop')).state).toBe('stopping');
    await eventually(async () =>
      expect((await test.get<NodeView[]>('nodes'))[0]).toMatchObject({ state: 'dead', running: [] }),
    );
    expect((await json<Problem>(await test.send(`nodes/${node.id}/actions/drain`, {}), 404)).code).toBe(
      'NODE_NOT_FOUND',
    );
    await json<Problem>(await test.send(`nodes/${node.id}/actions/dance`, {}), 400);
    await json<Problem>(await test.send(`nodes/one/actions/drain`, {}), 400);
  });

  it('shows a graph, and for what its jobs wait', async () => {
    const { queue } = test;
    const sells = [0, 5, 0].map((order) =>
      queue.delayable(Shop, { description: `Sale of ${order} `.repeat(30) }).sell(order),
    );
    const last = queue.delayable(Shop).sell(0);
    const [job] = await queue.delayAll([chain(group(...sells), last)]);
    const uuid = job?.graphUuid as string;
    const graph = await eventually(async () => {
      const view = await test.get<GraphView>(`graphs/${uuid}`);
      expect(view.counts).toMatchObject({ done: 2, failed: 1, wait_dependencies: 1 });
      return view;
    });
    expect(graph.nodes.map(({ state }) => state)).toEqual(['done', 'failed', 'done', 'wait_dependencies']);
    expect(graph.edges.toSorted(([a], [b]) => a - b)).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(graph.nodes.map(({ waitingFor }) => waitingFor)).toEqual([[], [], [], [1]]);
    expect(graph.nodes[0]?.description).toHaveLength(120);
    expect(graph.cut).toBe(0);
    redacted = ['description'];
    expect((await test.get<GraphView>(`graphs/${uuid}`)).nodes[0]?.description).toBe('[redacted]');
    await json(await test.api(`graphs/${randomUUID()}`), 404);
    await json(await test.api('graphs/nonsense'), 400);
  });

  it('shows the first ten thousand jobs of a graph soon, and how many more there are', async () => {
    const uuid = randomUUID();
    await query(
      `INSERT INTO queue_job_history (uuid, seq, name, description, state, graph_uuid)
       SELECT gen_random_uuid(), i, 'Old.job', 'Old', 'done', $1 FROM generate_series(1, 10200) i`,
      [uuid],
    );
    await query(
      `INSERT INTO queue_job_dependency (parent, child, satisfied)
       SELECT a.uuid, b.uuid, true FROM queue_job_history a JOIN queue_job_history b ON b.seq = a.seq + 1`,
    );
    const before = performance.now();
    const graph = await test.get<GraphView>(`graphs/${uuid}`);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect([graph.nodes.length, graph.edges.length, graph.cut]).toEqual([10_000, 9_999, 200]);
    expect(graph.counts.done).toBe(10_200);
  });

  it('notes who did what, page by page', async () => {
    await test.send('channels/root.shop', { capacity: 2 }, 'PATCH');
    await test.send('functions/Shop.sell', { channel: 'shop' }, 'PATCH');
    await test.send('channels/root.shop', { capacity: 2, sequential: true }, 'PATCH');
    const { entries, next } = await test.get<AuditPage>('audit');
    expect(next).toBeNull();
    expect(entries.map(({ actor, action, target }) => `${actor} ${action} ${target}`)).toEqual([
      'ada channels.change root.shop',
      'ada functions.change Shop.sell',
      'ada channels.change root.shop',
    ]);
    expect(entries[2]?.details).toEqual({ change: { capacity: 2 }, ended: true });
    expect(entries[0]?.details).toMatchObject({ ended: true, error: expect.stringContaining('sequential') });
    await query(
      `INSERT INTO queue_job_audit (actor, action, target, details) SELECT 'eve', 'x', i::text, '{}' FROM generate_series(1, 100) i`,
    );
    const first = await test.get<AuditPage>('audit');
    expect(first.entries).toHaveLength(100);
    const second = await test.get<AuditPage>(`audit?cursor=${first.next}`);
    expect(second.entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
    await json(await test.api('audit?cursor=x'), 400);
    const targets = async (filter: string): Promise<string[]> =>
      (await test.get<AuditPage>(`audit?${filter}`)).entries.map(
        ({ action, target }) => `${action} ${target}`,
      );
    expect(await targets('actor=eve&target=7')).toEqual(['x 7']);
    expect(await targets('actor=nobody')).toEqual([]);
    expect(await targets('action=channels')).toEqual([
      'channels.change root.shop',
      'channels.change root.shop',
    ]);
    expect(await targets('action=channels.reset')).toEqual([]);
  });

  it('tells how far batches are, page by page', async () => {
    const { queue, batches } = test;
    const shop = queue.delayable(Shop);
    const sales = await batches.create('Sales', { jobs: [shop.sell(0), shop.sell(0), shop.sell(7)] });
    await sales.finished({ timeout: 5_000 });
    const one = await test.get<BatchView>(`batches/${sales.uuid}`);
    expect(one).toMatchObject({
      uuid: sales.uuid,
      name: 'Sales',
      state: 'ended',
      counts: { done: 2, failed: 1, pending: 0 },
      total: 3,
      completeness: 1,
    });
    expect(one.failedPercentage).toBeCloseTo(33.3, 1);
    expect(one.dateEnded).not.toBeNull();
    expect((await test.get<JobPage>(`jobs?batch=${sales.uuid}`)).jobs).toHaveLength(3);

    for (let n = 0; n < 51; n += 1) await batches.create(`Open ${n}`);
    const first = await test.get<BatchPage>('batches?state=open');
    expect(first.batches.map(({ name }) => name)[0]).toBe('Open 50');
    expect(first.batches).toHaveLength(50);
    const last = await test.get<BatchPage>(`batches?state=open&cursor=${first.next}`);
    expect(last).toMatchObject({ batches: [{ name: 'Open 0', state: 'open', completeness: 0 }], next: null });
    await json(await test.api('batches?state=over'), 400);
    await json(await test.api('batches/x'), 400);
    await json(await test.api(`batches/${randomUUID()}`), 404);
  });

  it('lets those who may only look change nothing, and see no audit trail', async () => {
    rights = 'read';
    for (const path of ['overview', 'metrics', 'failures', 'channels', 'functions', 'nodes'])
      expect((await test.api(path)).status).toBe(200);
    const refused = [
      await test.send('channels/root.shop', { capacity: 1 }, 'PATCH'),
      await test.send('channels/root.shop/reset', {}),
      await test.send('functions/Shop.sell', { channel: 'shop' }, 'PATCH'),
      await test.send('functions/Shop.sell/reset', {}),
      await test.send('nodes/1/actions/drain', {}),
      await test.api('audit'),
    ];
    for (const response of refused) expect((await json<Problem>(response, 403)).code).toBe('FORBIDDEN');
    rights = 'all';
    expect((await test.get<ChannelView>('channels/root.shop')).changed).toEqual({});
    expect((await test.get<AuditPage>('audit')).entries).toEqual([]);
  });
});
