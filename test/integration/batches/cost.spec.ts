import type { Client } from 'pg';
import { v7 } from 'uuid';
import type { Store } from '../../../lib/store/store.js';
import { firedOf, insertBatch, insertMembers } from '../../support/batches.js';
import { eventually } from '../../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

const MEMBERS = 100_000;

interface Plan {
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

describe('a batch of a hundred thousand members', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let closeStore: () => Promise<void>;
  let node: PlayedNode;
  let batch: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
    node = await PlayedNode.register(store);
    batch = await insertBatch(client, { closed: true, progressStep: 1, total: MEMBERS });
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, args, batch_uuid, state, phase)
       SELECT u, 'Recorder.noop', 'x', '[]', $2, CASE WHEN at > $3 THEN 'failed' ELSE 'pending' END, CASE WHEN at > $3 THEN 4 ELSE 2 END
       FROM unnest($1::uuid[]) WITH ORDINALITY j (u, at)`,
      [Array.from({ length: MEMBERS }, () => v7()), batch, MEMBERS / 2],
    );
    await client.query('ANALYZE queue_job');
  }, 60_000);

  afterAll(async () => {
    await closeStore();
    await client.end();
    await database.drop();
  });

  it('is looked at by one step down an index when members end, however many have failed', async () => {
    // The last 50,000 have failed: a look that walks over these would read thousands of pages.
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)
       SELECT true FROM queue_job j WHERE j.batch_uuid = '${batch}' AND j.phase <> 4 ORDER BY j.seq DESC LIMIT 1`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan as Plan;
    expect(plan.Plans?.[0]?.['Index Name']).toBe('queue_job_member_live');
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(10);
  });

  it('costs an end of a member a number of pages that does not depend on the others', async () => {
    const pages = async (): Promise<number> =>
      countOf(
        client,
        `SELECT coalesce(sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read), 0) AS count
         FROM pg_statio_user_tables WHERE relname IN ('queue_job', 'queue_job_history', 'queue_job_batch')`,
      );
    const small = await insertBatch(client, { closed: true });
    const other = await insertMembers(client, small, 40);
    const cost = async (uuids: readonly string[]): Promise<number> => {
      await client.query(
        `UPDATE queue_job SET node = $1, state = 'enqueued', retry = 1 WHERE uuid = ANY($2)`,
        [node.id, uuids],
      );
      await client.query('SELECT pg_stat_force_next_flush()');
      const before = await pages();
      const played = await connect(database.url);
      for (const uuid of uuids) {
        await played.query(
          `SELECT * FROM queue_job_settle_1($1, 1000, ARRAY[$2::uuid], '{1}', ARRAY[NULL::json], '{1}', '{0}', NULL, '{}', '{}', '{}')`,
          [node.id, uuid],
        );
      }
      await played.query('SELECT pg_stat_force_next_flush()');
      await played.end();
      return (await pages()) - before;
    };
    const many = await client.query<{ uuid: string }>(
      'SELECT uuid FROM queue_job WHERE batch_uuid = $1 AND phase = 2 ORDER BY uuid LIMIT 20',
      [batch],
    );
    const ofSmall = await cost(other.slice(0, 20));
    const ofLarge = await cost(many.rows.map(({ uuid }) => uuid));
    expect(ofSmall).toBeGreaterThan(0);
    expect(ofLarge).toBeLessThan(3 * ofSmall);
  });

  it('is counted in one statement', async () => {
    const [row] = await store.batches.find([batch]);
    expect(row?.counts).toMatchObject({ pending: MEMBERS / 2 - 20, failed: MEMBERS / 2, done: 20 });
    expect((await firedOf(client, batch)).done).toBe(0);
  });

  it('leaves a claim of its members without a touch of any index', async () => {
    await client.query('TRUNCATE queue_job');
    await insertMembers(client, batch, 10);
    await client.query('VACUUM queue_job');
    const counts = async (): Promise<{ hot: number; all: number }> => {
      await client.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await client.query<{ hot: string; all: string }>(
        `SELECT n_tup_hot_upd AS hot, n_tup_upd AS all FROM pg_stat_user_tables WHERE relname = 'queue_job'`,
      );
      return { hot: Number(rows[0]?.hot), all: Number(rows[0]?.all) };
    };
    const before = await counts();
    const { jobs } = await node.cycle({ slots: 10 });
    expect(jobs.map(({ batchUuid }) => batchUuid)).toEqual(Array.from({ length: 10 }, () => batch));
    // The connection of the round trips tells its counts some seconds later.
    const after = await eventually(async () => {
      const now = await counts();
      expect(now.all - before.all).toBe(10);
      return now;
    }, 20_000);
    expect(after.hot - before.hot).toBe(10);
  });

  it('costs jobs without a batch no look at any', async () => {
    const scans = async (): Promise<number> => {
      await store.database.query('SELECT pg_stat_force_next_flush()');
      return countOf(
        client,
        `SELECT sum(coalesce(idx_scan, 0) + coalesce(seq_scan, 0)) AS count FROM pg_stat_user_tables WHERE relname LIKE 'queue_job_batch%'`,
      );
    };
    await insertJobs(
      client,
      Array.from({ length: 10 }, () => ({ method: 'noop' as const, args: [] })),
    );
    const { jobs } = await node.cycle({ slots: 10 });
    const before = await scans();
    await node.cycle({ done: jobs.map((job) => doneNow(job)), slots: 0 });
    expect(await scans()).toBe(before);
  });
});
