import type { ChannelView, Overview } from '../../../lib/dashboard.js';
import { ChannelService } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const CHANNELS = 10_000;
/** Milliseconds of computing that nothing else gets a turn in. */
const LONGEST_MS = 20;

/** The most that this process computed between two turns of its event loop, while something was under way. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let used = process.cpuUsage();
  const turn = (): void => {
    const { user, system } = process.cpuUsage(used);
    longest = Math.max(longest, (user + system) / 1_000);
    used = process.cpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
  } finally {
    running = false;
  }
  return longest;
}

describe('a dashboard of ten thousand channels', () => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    const [, adapter] = ADAPTERS[0] ?? [];
    test = await startDashboard({ url: database.url, adapter: adapter?.() ?? (undefined as never) });
    await test.dataSource.query(
      `INSERT INTO queue_job_channel (name) SELECT 'root.tenants' UNION ALL SELECT 'root.tenants.t' || i FROM generate_series(1, $1::int) i`,
      [CHANNELS],
    );
    await test.dataSource.query(
      `INSERT INTO queue_job (uuid, name, description, state, phase, channel)
       SELECT ('0198' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5('c' || i), 1, 12))::uuid, 'Mail.send', 'x', 'pending', 2, 'root.tenants.t' || i
       FROM generate_series(1, $1::int) i`,
      [CHANNELS],
    );
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it('gives them page by page, each with what is in it and below it', async () => {
    const first = await test.get<ChannelView[]>('channels');
    expect(first).toHaveLength(200);
    expect(first.slice(0, 3).map(({ name, waiting }) => [name, waiting])).toEqual([
      ['root', CHANNELS],
      ['root.tenants', CHANNELS],
      ['root.tenants.t1', 1],
    ]);
    const names = new Set(first.map(({ name }) => name));
    for (let after = first.at(-1)?.name; after !== undefined;) {
      const page = await test.get<ChannelView[]>(`channels?limit=1000&after=${after}`);
      for (const { name } of page) names.add(name);
      after = page.length === 1_000 ? page.at(-1)?.name : undefined;
    }
    expect(names.size).toBe(CHANNELS + 2);
    const found = await test.get<ChannelView[]>('channels?text=T9999');
    expect(found.map(({ name }) => name)).toEqual(['root.tenants.t9999']);
    expect(await test.get<ChannelView[]>('channels?text=%25')).toEqual([]);
  });

  it('never holds up the event loop', async () => {
    const service = test.app.get(ChannelService, { strict: false });
    const looks: Record<string, () => Promise<unknown>> = {
      overview: () => test.get<Overview>('overview'),
      channels: () => test.get('channels?limit=1000'),
      'one channel': () => test.get('channels/root.tenants.t77'),
      'the service': () => service.list(),
    };
    for (const [name, look] of Object.entries(looks)) {
      await look();
      const rounds = [await longestTurn(look), await longestTurn(look), await longestTurn(look)];
      // The least of them: garbage of what came before may be collected in any.
      expect({ name, within: Math.min(...rounds) <= LONGEST_MS, rounds }).toMatchObject({
        name,
        within: true,
      });
    }
    expect((await test.get<Overview>('overview')).busiest[0]).toMatchObject({
      channel: 'root',
      waiting: CHANNELS,
    });
  });
});
