import type { Client } from 'pg';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, insertJobs } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

const SLOTS = 50;

/** What a claim may read, in pages of 8 kB, with room for what it reads more beside other work. A full look at 500 channels was 10,000 and more. */
const shapes: [name: string, channels: string, channelOf: (at: number) => string, pages: number][] = [
  ['one channel', 'unlimited', () => 'root', 600],
  ['ten channels', 'unlimited', (at) => `root.c${at % 10}`, 1_100],
  ['500 channels without limit', 'unlimited', (at) => `root.c${at % 500}`, 5_000],
  ['500 channels, one after the other', 'unlimited', (at) => `root.c${Math.floor(at / 10)}`, 5_000],
  ['500 channels of two places', 'root:50, t:50, t.*:2', (at) => `root.t.c${at % 500}`, 7_500],
  [
    '500 channels of two places, below a rate',
    'root:50, t:50:rate=1000/60, t.*:2',
    (at) => `root.t.c${at % 500}`,
    7_500,
  ],
  ['500 channels with a rate', 'root:50, t:50, t.*:2:rate=100/60', (at) => `root.t.c${at % 500}`, 8_000],
  ['ten fair channels', 'root:50, t:50:fair', (at) => `root.t.c${at % 10}`, 2_000],
  ['500 fair channels', 'root:50, t:50:fair', (at) => `root.t.c${at % 500}`, 10_500],
  ['200 sequential channels', 'root:50, t:50, t.*:1:sequential', (at) => `root.t.c${at % 200}`, 7_000],
];

describe('a claim for fifty slots', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close } = await openTestStore(database.url));
  });

  afterEach(async () => {
    await close();
    await client.end();
    await database.drop();
  });

  it.each(shapes)(
    'fills them from %s, and reads no more than it needs',
    async (_name, channels, channelOf, pages) => {
      if (channels !== 'unlimited') await store.channels.applyOption(parseChannels(channels));
      const jobs = Array.from({ length: 5_000 }, (_, at) => channelOf(at));
      await store.channels.ensure([...new Set(jobs)]);
      await insertJobs(
        client,
        jobs.map((channel) => ({ method: 'noop', args: [], channel })),
      );
      await client.query('VACUUM (ANALYZE) queue_job, queue_job_channel');
      const node = await PlayedNode.register(store);
      const claim = `SELECT * FROM queue_job_claim_1(
      ${node.id}, ${node.version}, false, '{}', false, false, ${SLOTS}, '{}', '{}', '{Recorder.noop}', NULL, 1, '{}', '{}', '{}')`;

      // Warm, since the first one plans its statements, and undone, since it is to be looked at again. The least of them
      // counts: what others do to the catalogue of the server makes one plan them again.
      const read: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        await client.query('BEGIN');
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ${claim}`,
        );
        await client.query('ROLLBACK');
        const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
        // (One row tells of the claim itself.)
        expect(plan['Actual Rows']).toBe(SLOTS + 1);
        read.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
      }
      expect(Math.min(...read)).toBeLessThan(pages);
    },
  );
});
