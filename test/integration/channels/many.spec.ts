import type { Client } from 'pg';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, insertJobs } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

const SLOTS = 50;

describe('a hundred thousand channels below a wildcard', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let close: () => Promise<void>;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close } = await openTestStore(database.url));
    await store.channels.applyOption(parseChannels('root:1000, t:500, t.*:2:rate=1000/60'));
    await store.channels.ensure(['root.t.t0']);
    await client.query(
      `INSERT INTO queue_job_channel (name, capacity, rate_limit, rate_per, limiting_channels)
       SELECT 'root.t.t' || i, 2, 1000, 60, ARRAY['root', 'root.t', 'root.t.t' || i] FROM generate_series(1, 99999) i`,
    );
    await client.query('VACUUM (ANALYZE) queue_job_channel');
  });

  afterAll(async () => {
    await close();
    await client.end();
    await database.drop();
  });

  /** The pages that a statement reads, the second time. */
  async function pages(sql: string, values: readonly unknown[] = []): Promise<number> {
    let read = 0;
    for (let round = 0; round < 2; round += 1) {
      await client.query('BEGIN');
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ${sql}`,
        [...values],
      );
      await client.query('ROLLBACK');
      const { Plan } = rows[0]?.['QUERY PLAN'][0] ?? { Plan: {} };
      read = (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
    }
    return read;
  }

  it('cost a claim nothing where they have no work, and with work in a thousand no more than it reads now', async () => {
    const node = await PlayedNode.register(store);
    const claim = `SELECT * FROM queue_job_claim_1(
      ${node.id}, ${node.version}, false, '{}', false, false, ${SLOTS}, '{}', '{}', '{Recorder.noop}', NULL, 1, '{}', '{}', '{}')`;
    const read = async (channels: number): Promise<number> => {
      await client.query('TRUNCATE queue_job');
      await insertJobs(
        client,
        Array.from({ length: 5_000 }, (_, at) => ({
          method: 'noop' as const,
          args: [],
          channel: `root.t.t${(at % channels) * 90}`,
        })),
      );
      await client.query('VACUUM (ANALYZE) queue_job');
      return pages(claim);
    };
    // About one and a half times what it reads: of each channel with work, the first entry of the index.
    expect(await read(25)).toBeLessThan(2_900);
    expect(await read(1_000)).toBeLessThan(9_400);
    await client.query('TRUNCATE queue_job');
  });

  it('make the first job of a new one no dearer, and no node reads its channels anew for it', async () => {
    const version = async (): Promise<unknown> =>
      (await client.query('SELECT config_version FROM queue_job_meta')).rows;
    const before = await version();
    const read = await pages(`SELECT queue_job_ensure_channels_1('{root.t.new1}')`);
    expect(read).toBeLessThan(150);
    await store.channels.ensure(['root.t.new2', 'root.t.new2.deep']);
    expect(await version()).toEqual(before);
    const { rows } = await client.query(
      `SELECT name, capacity, rate_limit, limiting_channels FROM queue_job_channel WHERE name LIKE 'root.t.new2%' ORDER BY name`,
    );
    const limits = ['root', 'root.t', 'root.t.new2'];
    expect(rows).toEqual([
      { name: 'root.t.new2', capacity: 2, rate_limit: 1000, limiting_channels: limits },
      { name: 'root.t.new2.deep', capacity: null, rate_limit: null, limiting_channels: limits },
    ]);
    // A node that has read its channels before counts the permits of the new one rightly.
    const map = await store.claims.resync((await PlayedNode.register(store)).id, [], []);
    expect(map?.limiting.toSorted()).toEqual(['root', 'root.t', 'root.t.*']);
    expect(map?.rated).toEqual(['root.t.*']);
    expect(map?.exceptions).toEqual([]);
  });

  it('are listed by pages', async () => {
    const first = await store.channels.list({ limit: 500 });
    const second = await store.channels.list({ limit: 500, after: first.at(-1)?.name ?? '' });
    expect(new Set([...first, ...second].map(({ name }) => name)).size).toBe(1_000);
  });

  it('take what their wildcard says at a change, but for those that were changed themselves', async () => {
    await store.channels.change('root.t.t7', { capacity: 9 });
    await store.channels.change('root.t.*', { capacity: 3 });
    const { rows } = await client.query(
      `SELECT capacity, count(*)::int FROM queue_job_channel WHERE name LIKE 'root.t.t%' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { capacity: 3, count: 99_999 },
      { capacity: 9, count: 1 },
    ]);
    const map = await store.claims.resync((await PlayedNode.register(store)).id, [], []);
    expect(map?.exceptions).toEqual(['root.t.t7']);
  });

  it('go when they have been empty for the time given, and not before; one that has a job or was changed stays', async () => {
    await insertJobs(client, [{ method: 'noop', args: [], channel: 'root.t.t5.deep' }]);
    await store.channels.ensure(['root.t.t5.deep']);
    const round = async (seconds: number): Promise<number> => {
      for (let last: string | null = ''; last !== null;)
        last = await store.channels.prune(last, 20_000, seconds);
      return Number((await client.query('SELECT count(*) FROM queue_job_channel')).rows[0].count);
    };
    expect(await round(3_600)).toBeGreaterThan(100_000);
    // (Those above others go a round after them.)
    await round(0);
    expect(await round(0)).toBeLessThan(20);
    const { rows } = await client.query<{ name: string }>('SELECT name FROM queue_job_channel ORDER BY name');
    expect(rows.map(({ name }) => name)).toEqual([
      'root',
      'root.t',
      'root.t.*',
      'root.t.t5',
      'root.t.t5.deep',
      'root.t.t7',
    ]);
    // A job that comes to one that has gone has it made again.
    await insertJobs(client, [{ method: 'noop', args: [], channel: 'root.t.t3' }]);
    const node = await PlayedNode.register(store);
    expect((await node.cycle()).info.missing).toEqual(['root.t.t3']);
    await store.channels.ensure(['root.t.t3']);
    const { jobs } = await node.cycle();
    expect(jobs.map(({ channel }) => channel)).toContain('root.t.t3');
    await node.cycle({ slots: 0, done: jobs.map((job) => doneNow(job)), closedClaims: [1, 2, 3] });
    await client.query('TRUNCATE queue_job, queue_job_claim');
  });
});
