import type { Client } from 'pg';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

describe('two parents that end at the same moment in two transactions', () => {
  let database: TestDatabase;
  let client: Client;
  let opened: Awaited<ReturnType<typeof openTestStore>>;
  let store: Store;
  let node: PlayedNode;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    opened = await openTestStore(database.url);
    store = opened.store;
    node = await PlayedNode.register(store);
  });

  afterEach(async () => {
    await opened.close();
    await client.end();
    await database.drop();
  });

  /** Jobs, and which of them wait for which, by their places. */
  const graph = async (count: number, edges: readonly (readonly [number, number])[]): Promise<string[]> => {
    const uuids = await insertJobs(
      client,
      Array.from({ length: count }, () => ({ method: 'noop' as const, args: [] })),
    );
    await client.query(
      'INSERT INTO queue_job_dependency (parent, child) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
      [edges.map(([parent]) => uuids[parent]), edges.map(([, child]) => uuids[child])],
    );
    await client.query(
      `UPDATE queue_job SET has_children = true WHERE uuid IN (SELECT parent FROM queue_job_dependency)`,
    );
    await client.query(
      `UPDATE queue_job SET state = 'wait_dependencies', phase = 0 WHERE uuid IN (SELECT child FROM queue_job_dependency)`,
    );
    return uuids;
  };

  /** `work` begins while what `first` did isn't committed; that is when `work` has to wait for it. */
  const crosswise = async <T>(first: readonly [string, unknown[]], work: () => Promise<T>): Promise<T> => {
    const holder = await connect(database.url);
    await holder.query('BEGIN');
    await holder.query(...(first as [string, unknown[]]));
    const working = work();
    await eventually(async () =>
      expect(
        await countOf(
          client,
          `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      ).toBe(1),
    );
    await holder.query('COMMIT');
    await holder.end();
    return working;
  };
  const stateOf = async (uuid: string | undefined): Promise<unknown> =>
    (await store.jobs.find([uuid as string]))[0]?.state;
  const done = (uuid: string | undefined): [string, unknown[]] => [
    `SELECT * FROM queue_job_settle_1($1, 1000, ARRAY[$2::uuid], '{1}', ARRAY[NULL::json], '{1}', '{0}', NULL, '{}', '{}', '{}')`,
    [node.id, uuid],
  ];
  const cancelled = (uuid: string | undefined): [string, unknown[]] => [
    `SELECT * FROM queue_job_cancel_1(ARRAY[$1::uuid], 'a test')`,
    [uuid],
  ];
  const settle = async (uuid: string | undefined) =>
    node.cycle({ done: [doneNow({ uuid: uuid as string, retry: 1 })], slots: 0 });

  it('release their child where both are done', async () => {
    const [a, b, c] = await graph(3, [
      [0, 2],
      [1, 2],
    ]);
    await node.cycle();
    expect((await crosswise(done(a), async () => settle(b))).info.released).toBe(true);
    expect(await stateOf(c)).toBe('pending');
  });

  it('cancel it, and what waits for it, where both are cancelled', async () => {
    const [a, b, c, d] = await graph(4, [
      [0, 2],
      [1, 2],
      [2, 3],
    ]);
    await crosswise(cancelled(a), async () => store.jobs.cancel([b as string], 'a test'));
    expect([await stateOf(c), await stateOf(d)]).toEqual(['cancelled', 'cancelled']);
  });

  it('cancel it where the first is done and the second cancelled', async () => {
    const [a, b, c] = await graph(3, [
      [0, 2],
      [1, 2],
    ]);
    await node.cycle({ slots: 1 });
    await crosswise(done(a), async () => store.jobs.cancel([b as string], 'a test'));
    expect(await stateOf(c)).toBe('cancelled');
  });

  it('cancel it where the first is cancelled and the second done', async () => {
    const [a, b, c] = await graph(3, [
      [0, 2],
      [1, 2],
    ]);
    await node.cycle({ slots: 1 });
    await crosswise(cancelled(b), async () => settle(a));
    expect(await stateOf(c)).toBe('cancelled');
  });

  it('leave it waiting where one is requeued while the other ends', async () => {
    const [a, b, c] = await graph(3, [
      [0, 2],
      [1, 2],
    ]);
    await node.cycle();
    await settle(a);
    await crosswise([`SELECT queue_job_requeue_1(ARRAY[$1::uuid])`, [a]], async () => settle(b));
    expect(await stateOf(c)).toBe('wait_dependencies');
    expect((await store.graphs.waitingFor(c as string)).map(({ uuid }) => uuid)).toEqual([a]);
  });

  it('that are cancelled crosswise down one graph are both cancelled: a deadlock is tried again', async () => {
    // Beneath the children of each are children of the other.
    const width = 30;
    for (let round = 0; round < 5; round += 1) {
      const edges: [number, number][] = [];
      for (let at = 0; at < width; at += 1) {
        edges.push([0, 2 + at], [1, 2 + width + at]);
        const across = [2 + at, 2 + width + ((at + 1) % width)] as const;
        if (at % 2 === 0) edges.push([...across]);
        else edges.push([across[1], 2 + ((at + 2) % width)]);
      }
      const [a, b] = await graph(2 + 2 * width, edges);
      await Promise.all([store.jobs.cancel([a as string], 'one'), store.jobs.cancel([b as string], 'two')]);
      expect(await countOf(client, 'SELECT count(*) FROM queue_job')).toBe(0);
    }
  });
});
