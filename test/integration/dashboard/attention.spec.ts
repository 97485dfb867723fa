import { randomUUID } from 'node:crypto';
import type { AttentionItem, ChannelView, Overview } from '../../../lib/dashboard.js';
import { heldChannelsStatement } from '../../../lib/store/stats/attention-store.js';
import { DashboardStore } from '../../../lib/dashboard/server/store/dashboard.store.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

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
  const node = async (names: string, suspect: boolean): Promise<void> => {
    await query(
      `INSERT INTO queue_job_node (name, listens, concurrency, names, alive, suspect_since)
       VALUES ('host:1', true, 1, $1, true, CASE WHEN $2 THEN now() END)`,
      [`{${names}}`, suspect],
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

  it('finds the job that stops a channel by an index', async () => {
    await query(
      `INSERT INTO queue_job (uuid, name, description, channel, state, phase)
       SELECT gen_random_uuid(), 'Shop.sell', 'x', 'root.c' || i % 100, 'failed', 4 FROM generate_series(1, 20000) i`,
    );
    await job('root.erp', 4);
    await job('root.erp');
    await query('ANALYZE queue_job');
    const { tables } = test.app.get(DashboardStore, { strict: false });
    const rows = await query(`EXPLAIN ${heldChannelsStatement(tables)}`, [20]);
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
