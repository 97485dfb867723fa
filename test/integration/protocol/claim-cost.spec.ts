import type { Client } from 'pg';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, insertJobs } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

const SLOTS = 50;

/** What limits the channels, and how many pages of 8 kB a claim of fifty jobs may read over ten and over 500 of them: what
 * it read when this was written, a sixth and 500 more, since it reads more beside other work. */
const kinds: [kind: string, channels: string, pagesOver10: number, pagesOver500: number][] = [
  ['without limit', 'unlimited', 1_050, 3_200],
  ['of fifty places in all', 'root:50, t:50', 1_150, 3_700],
  ['of five places each', 'root:50, t:50, t.*:5', 1_200, 4_450],
  ['of five places each, below a rate', 'root:50, t:50:rate=1000/60, t.*:5', 1_850, 4_950],
  ['with a rate each', 'root:50, t:50, t.*:5:rate=100/60', 1_450, 5_450],
  ['that take turns', 'root:50, t:50:fair', 1_850, 6_450],
  ['that take turns, with a rate each', 'root:50, t:50:fair, t.*:5:rate=100/60', 2_200, 8_150],
  ['that go in order', 'root:50, t:50, t.*:1:sequential', 1_000, 5_050],
  ['eight levels down', 'root:50, t:50, t.a.b.c.d:50', 1_200, 3_750],
];

const shapes = kinds.flatMap(([kind, channels, ...pages]) =>
  [10, 500].map((count, at) => ({
    name: `${count} channels ${kind}`,
    channels,
    channelOf: (job: number): string =>
      kind.includes('levels') ? `root.t.a.b.c.d.e.c${job % count}` : `root.t.c${job % count}`,
    pages: pages[at] as number,
    // Ten sequential channels have ten jobs to start.
    jobs: channels.includes('sequential') ? Math.min(count, SLOTS) : SLOTS,
  })),
);

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
    'fills them from $name, and reads no more than it needs',
    async ({ channels, channelOf, pages, jobs: started }) => {
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
        expect(plan['Actual Rows']).toBe(started + 1);
        read.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
      }
      expect(Math.min(...read)).toBeLessThan(pages);
    },
  );
});
