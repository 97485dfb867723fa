import { randomUUID } from 'node:crypto';
import type { AttentionItem, ChannelView, Overview } from '../../../lib/dashboard.js';
import { heldStatement } from '../../../lib/store/stats/attention-store.js';
import { AttentionReader } from '../../../lib/inspect/attention/attention-reader.js';
import { DashboardStore } from '../../../lib/dashboard/server/store/dashboard.store.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

describe.each(ADAPTERS)('what needs attention, on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      options: {
        runner: false,
        channels: 'root,root.off,root.off.below,root.none:0,root.erp:1:sequential,root.free',
      },
      dashboard: { guards: [WordGuard], actor: () => 'ada' },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const query = async (text: string, values: unknown[] = []): Promise<{ [name: string]: unknown }[]> =>
    test.dataSource.query(text, values);
  const job = async (channel: string, phase = 2, age = '0 s', name = 'Shop.sell'): Promise<string> => {
    const uuid = randomUUID();
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, state, phase, date_created)
       VALUES ($1, $5, 'x', $2, CASE WHEN $3 = 4 THEN 'failed' ELSE 'pending' END, $3, now() - $4::interval)`,
      [uuid, channel, phase, age, name],
    );
    return uuid;
  };
  const node = async (names: string, suspect = false, channels: string | null = null): Promise<void> => {
    await query(
      `INSERT INTO queue_job_node (name, listens, concurrency, names, alive, suspect_since, channels)
       VALUES ('host:1', true, 1, $1, true, CASE WHEN $2 THEN now() END, $3)`,
      [`{${names}}`, suspect, channels === null ? null : `{${channels}}`],
    );
  };
  const items = async (): Promise<readonly AttentionItem[]> =>
    (await test.get<Overview>('overview')).attention;

  it('is nothing where jobs wait for their turn alone', async () => {
    await node('Shop.sell', false);
    await job('root.free');
    await job('root.erp');
    await test.send('channels/root.off', { paused: true }, 'PATCH');
    expect(await items()).toEqual([]);
  });

  it('is what holds up waiting jobs, most of them first, and who did it', async () => {
    await node('Shop.sell', false);
    for (let n = 0; n < 3; n += 1) await job('root.off.below');
    await job('root.none');
    await job('root.erp.below', 4);
    const failed = await job('root.erp', 4);
    await job('root.erp');
    await job('root.erp.below');
    await test.send('channels/root.off', { paused: true }, 'PATCH');
    expect(await items()).toEqual([
      { kind: 'paused', channel: 'root.off', waiting: 3, by: { actor: 'ada', date: expect.any(String) } },
      { kind: 'stopped', channel: 'root.erp', waiting: 2, uuid: failed },
      { kind: 'closed', channel: 'root.none', waiting: 1, by: null },
    ]);
    const channels = await test.get<ChannelView[]>('channels?text=off');
    expect(channels).toMatchObject([
      { name: 'root.off', paused: true, pausedAbove: null, pause: { actor: 'ada' } },
      { name: 'root.off.below', paused: false, pausedAbove: 'root.off', pause: null },
    ]);
  });

  it('is a silent node, a function that no node has, a job that is late, and a rise of failures', async () => {
    await node('Shop.sell', true);
    const late = await job('root.free', 2, '20 min');
    await job('root.free', 2, '1 s', 'Gone.job');
    await query(
      `INSERT INTO queue_job_rollup (width, bucket, channel, name, retried) VALUES
         (60, now() - interval '5 minutes', 'root.free', 'Shop.sell', 40), (60, now() - interval '2 hours', 'root.free', 'Shop.sell', 12)`,
    );
    expect(await items()).toEqual([
      { kind: 'silent', node: expect.any(Number), name: 'host:1', since: expect.any(String) },
      { kind: 'failing', recent: 40, usual: 1 },
      { kind: 'unknown', name: 'Gone.job' },
      { kind: 'late', uuid: late, seconds: expect.any(Number) },
    ]);
  });

  it('is one sentence where no node is alive and jobs wait, and none where no job does', async () => {
    expect(await items()).toEqual([]);
    await job('root.free');
    await job('root.erp', 2, '1 s', 'Gone.job');
    await eventually(async () => expect(await items()).toEqual([{ kind: 'no-node' }]));
  });

  it('is a channel that no living node serves, and one whose nodes lack a function', async () => {
    await node('Shop.sell', false, 'root.erp');
    await node('Mail.send', false, 'root.free');
    await job('root.erp.below');
    await job('root.free', 2, '1 s', 'Mail.send');
    await job('root.free', 2, '1 s', 'Shop.sell');
    await job('root.freezer', 2, '1 s', 'Mail.send');
    expect(await items()).toEqual([
      { kind: 'unserved', channel: 'root.free', name: 'Shop.sell' },
      { kind: 'unserved', channel: 'root.freezer', name: null },
    ]);
  });

  it('is a paused function with jobs, by whom and since when', async () => {
    await node('Shop.sell,Mail.send');
    await job('root.free');
    await job('root.free');
    const { functions } = test.app.get(DashboardStore, { strict: false });
    await functions.pause('Shop.sell', true, 'grace');
    await functions.pause('Mail.send', true, 'grace');
    expect(await items()).toEqual([
      { kind: 'paused-function', name: 'Shop.sell', waiting: 2, actor: 'grace', since: expect.any(String) },
    ]);
  });

  it('is a schedule whose tick nobody stores, unless it is paused, gone, or only just due', async () => {
    await node('Shop.sell');
    await query(
      `INSERT INTO queue_job_schedule (name, source, job_name, definition, next_tick, date_paused, date_gone) VALUES
         ('nightly', 'code', 'Shop.sell', '{}', now() - interval '5 minutes', NULL, NULL),
         ('hourly', 'code', 'Shop.sell', '{}', now() - interval '2 seconds', NULL, NULL),
         ('old', 'code', 'Shop.sell', '{}', now() - interval '5 minutes', NULL, now()),
         ('held', 'code', 'Shop.sell', '{}', now() - interval '5 minutes', now(), NULL)`,
    );
    expect(await items()).toEqual([{ kind: 'overdue', schedule: 'nightly', since: expect.any(String) }]);
  });

  it('takes four statements, however much there is to say', async () => {
    for (let n = 0; n < 30; n += 1) {
      await node('Shop.sell', true, `root.n${n}`);
      await job(`root.lone${n}`, 2, '1 h');
      await job('root.free', 2, '1 h', `Gone.job${n}`);
    }
    await job('root.off');
    await test.send('channels/root.off', { paused: true }, 'PATCH');
    const store = test.app.get(DashboardStore, { strict: false });
    let asked = 0;
    const original = store.database.query.bind(store.database);
    store.database.query = async (...given) => {
      asked += 1;
      return original(...given);
    };
    const { items: found } = await new AttentionReader(store).read();
    expect(asked).toBe(4);
    const count = (wanted: string): number => found.filter(({ kind }) => kind === wanted).length;
    expect(['silent', 'paused', 'unknown', 'unserved', 'late'].map(count)).toEqual([20, 1, 20, 20, 1]);
  });

  it('finds the job that stops a channel by an index', async () => {
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, state, phase)
       SELECT gen_random_uuid(), 'Shop.sell', 'x', 'root.c' || i % 100, 'failed', 4 FROM generate_series(1, 20000) i`,
    );
    await job('root.erp', 4);
    await job('root.erp');
    await query('ANALYZE queue_job');
    const { tables } = test.app.get(DashboardStore, { strict: false });
    const rows = await query(`EXPLAIN ${heldStatement(tables)}`, [20]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('using queue_job_aside');
    expect(plan).not.toContain('Seq Scan on queue_job ');
  });

  it('forgets an override that says what the code says', async () => {
    const changed = async (): Promise<object> => (await test.get<ChannelView>('channels/root.off')).changed;
    await test.send('channels/root.off', { paused: true, capacity: 4 }, 'PATCH');
    expect(await changed()).toEqual({ paused: true, capacity: 4 });
    await test.send('channels/root.off', { paused: false }, 'PATCH');
    expect(await changed()).toEqual({ capacity: 4 });
  });
});
