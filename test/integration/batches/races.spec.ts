import type { Client } from 'pg';
import { queryOf } from '../../../lib/store/connection/database.js';
import type { Store } from '../../../lib/store/store.js';
import { firedOf, insertBatch, insertMembers } from '../../support/batches.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

describe('of a batch', () => {
  let database: TestDatabase;
  let client: Client;
  /** For what may have to wait. */
  let other: Client;
  let opened: Awaited<ReturnType<typeof openTestStore>>;
  let store: Store;
  let nodes: [PlayedNode, PlayedNode];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    other = await connect(database.url);
    opened = await openTestStore(database.url);
    store = opened.store;
    nodes = [await PlayedNode.register(store), await PlayedNode.register(store)];
  });

  afterEach(async () => {
    await opened.close();
    await client.end();
    await other.end();
    await database.drop();
  });

  type Statement = readonly [string, unknown[]];
  const waiting = async (): Promise<void> =>
    eventually(async () =>
      expect(
        await countOf(
          client,
          `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      ).toBe(1),
    );
  /** `work` begins while what `first` did isn't committed; that is when `work` has to wait for it. */
  const crosswise = async <T>(first: Statement, work: () => Promise<T>): Promise<T> => {
    const holder = await connect(database.url);
    await holder.query('BEGIN');
    await holder.query(...(first as [string, unknown[]]));
    const working = work();
    await waiting();
    await holder.query('COMMIT');
    await holder.end();
    return working;
  };
  const run = async ([text, values]: Statement): Promise<unknown> => other.query(text, values);

  /** Two members of a closed batch, the first at node 0, the second at node 1. */
  const twoRunning = async (options = {}): Promise<{ batch: string; a: string; b: string }> => {
    const batch = await insertBatch(client, { closed: true, progressStep: 50, total: 2, ...options });
    const [a, b] = (await insertMembers(client, batch, 2)) as [string, string];
    await nodes[0].cycle({ slots: 1 });
    await nodes[1].cycle({ slots: 1 });
    return { batch, a, b };
  };
  const state = async (batch: string): Promise<unknown> => (await store.batches.names([batch]))[0]?.state;

  const done = (uuid: string, node = 0): Statement => [
    `SELECT * FROM queue_job_settle_1($1, 1000, ARRAY[$2::uuid], '{1}', ARRAY[NULL::json], '{1}', '{0}', NULL, '{}', '{}', '{}')`,
    [nodes[node]?.id, uuid],
  ];
  const failed = (uuid: string, node = 0): Statement => [
    `SELECT * FROM queue_job_settle_1($1, 1000, '{}', '{}', '{}', '{}', '{}', $2, '{}', '{}', '{}')`,
    [
      nodes[node]?.id,
      JSON.stringify([
        { uuid, retry: 1, kind: 'failed', started: 1, ended: 0, name: 'Error', message: 'no' },
      ]),
    ],
  ];
  const finished = (uuid: string, node = 0): Statement => [
    `SELECT queue_job_finish_transactional_1($1, $2, 1, NULL, 1)`,
    [nodes[node]?.id, uuid],
  ];
  const cancelled = (uuid: string): Statement => [
    `SELECT * FROM queue_job_cancel_1(ARRAY[$1::uuid], 'me')`,
    [uuid],
  ];
  const setDone = (uuid: string): Statement => [`SELECT queue_job_set_done_1(ARRAY[$1::uuid], 'me')`, [uuid]];
  const requeued = (uuid: string): Statement => [`SELECT queue_job_requeue_1(ARRAY[$1::uuid])`, [uuid]];
  const closed = (batch: string): Statement => [`SELECT queue_job_batch_close_1($1)`, [batch]];

  it.each<[string, (uuid: string, node: number) => Statement, object]>([
    ['are done', done, { success: 1, failure: 0 }],
    ['fail', failed, { success: 0, failure: 1 }],
    ['are done in transactions of their own', finished, { success: 1, failure: 0 }],
  ])('two last members that %s at the same moment end it once', async (_, end, fired) => {
    const { batch, a, b } = await twoRunning();
    await crosswise(end(a, 0), async () => run(end(b, 1)));
    expect(await state(batch)).toBe('ended');
    expect(await firedOf(client, batch)).toEqual({ done: 1, progress: 2, ...fired });
  });

  it.each<[string, (uuid: string) => Statement, object]>([
    ['cancelled', cancelled, { success: 0 }],
    ['set done', setDone, { success: 1 }],
  ])(
    'the end of a member while the other is %s ends it once, whichever is first',
    async (_, steer, fired) => {
      for (const order of [0, 1]) {
        const batch = await insertBatch(client, { closed: true });
        const [a, b] = (await insertMembers(client, batch, 2)) as [string, string];
        await nodes[0].cycle({ slots: 1 });
        if (order === 0) await crosswise(done(a), async () => run(steer(b)));
        else await crosswise(steer(b), async () => run(done(a)));
        expect(await state(batch)).toBe('ended');
        expect(await firedOf(client, batch)).toEqual({ done: 1, failure: 0, progress: 0, ...fired });
      }
    },
  );

  it('the last end and its closing at the same moment end it once, whichever is first', async () => {
    for (const order of [0, 1]) {
      const batch = await insertBatch(client, { progressStep: 100 });
      const [a] = (await insertMembers(client, batch, 1)) as [string];
      await nodes[0].cycle({ slots: 1 });
      if (order === 0) await crosswise(done(a), async () => run(closed(batch)));
      else await crosswise(closed(batch), async () => run(done(a)));
      expect(await state(batch)).toBe('ended');
      expect(await firedOf(client, batch)).toEqual({ done: 1, success: 1, failure: 0, progress: 1 });
    }
  });

  it.each<[string, (parent: string, child: string) => Statement]>([
    ['was cancelled while it ran', (parent) => cancelled(parent)],
    [
      'is done after another parent was cancelled',
      (_, child) => [
        'INSERT INTO queue_job_dependency (parent, child, lost) VALUES (gen_random_uuid(), $1, true)',
        [child],
      ],
    ],
  ])('all members end it where they are cancelled with a job that %s', async (_, before) => {
    const batch = await insertBatch(client, { closed: true, progressStep: 100, total: 2 });
    const [parent, child, grandchild] = (await insertMembers(client, batch, 3)) as [string, string, string];
    await client.query('UPDATE queue_job SET batch_uuid = NULL, has_children = true WHERE uuid = $1', [
      parent,
    ]);
    await client.query(
      `UPDATE queue_job SET state = 'wait_dependencies', phase = 0, has_children = true WHERE batch_uuid = $1`,
      [batch],
    );
    await client.query('INSERT INTO queue_job_dependency (parent, child) VALUES ($1, $2), ($2, $3)', [
      parent,
      child,
      grandchild,
    ]);
    await nodes[0].cycle({ slots: 1 });
    await run(before(parent, child));
    await run(done(parent));
    expect(await state(batch)).toBe('ended');
    expect(await firedOf(client, batch)).toEqual({ done: 1, success: 0, failure: 0, progress: 1 });
    expect((await store.batches.find([batch]))[0]?.counts).toMatchObject({ cancelled: 2 });
  });

  it('two closings at the same moment end it once', async () => {
    const batch = await insertBatch(client);
    await crosswise(closed(batch), async () => run(closed(batch)));
    expect(await firedOf(client, batch)).toMatchObject({ done: 1, success: 1 });
  });

  it('a requeue and the last end at the same moment leave it closed, whichever is first', async () => {
    for (const order of [0, 1]) {
      const { batch, a, b } = await twoRunning();
      await run(failed(a));
      if (order === 0) await crosswise(requeued(a), async () => run(done(b, 1)));
      else await crosswise(done(b, 1), async () => run(requeued(a)));
      // Ended first, it was opened again.
      expect(await firedOf(client, batch)).toMatchObject({ done: order, success: 0, failure: 1 });
      expect(await state(batch)).toBe('closed');
      const { jobs } = await nodes[0].cycle({ slots: 1 });
      await nodes[0].cycle({ done: jobs.map((job) => doneNow(job)), slots: 0 });
      expect(await state(batch)).toBe('ended');
      expect(await firedOf(client, batch)).toMatchObject({ done: order + 1, success: 1 });
    }
  });

  it('its closing waits for who is adding, and what was added counts', async () => {
    const batch = await insertBatch(client);
    const adding = await connect(database.url);
    await adding.query('BEGIN');
    await adding.query('SELECT queue_job_batch_enter_1($1)', [batch]);
    const closing = run(closed(batch));
    await waiting();
    await insertMembers(adding, batch, 1);
    await adding.query('COMMIT');
    await adding.end();
    await closing;
    expect(await state(batch)).toBe('closed');
  });

  it('who adds while it is being closed finds it closed', async () => {
    const batch = await insertBatch(client);
    const open = await crosswise(closed(batch), async () =>
      store.batches.enter(batch, queryOf(store.dataSource.manager, store.styles)),
    );
    expect(open).toBe(false);
  });

  it('no end of a member waits for a transaction that adds to it, nor for a closing that waits for that one', async () => {
    const batch = await insertBatch(client);
    const [a, b] = (await insertMembers(client, batch, 2)) as [string, string];
    await nodes[0].cycle({ slots: 2 });
    const adding = await connect(database.url);
    await adding.query('BEGIN');
    await adding.query('SELECT queue_job_batch_enter_1($1)', [batch]);
    await run(done(a));
    const closing = connect(database.url);
    const close = (await closing).query(...(closed(batch) as [string, unknown[]]));
    await waiting();
    await run(done(b));
    expect(await state(batch)).toBe('open');
    await adding.query('ROLLBACK');
    await close;
    await adding.end();
    await (await closing).end();
    expect(await state(batch)).toBe('ended');
    expect(await firedOf(client, batch)).toMatchObject({ done: 1, success: 1 });
  });

  it('many, nodes that end members of all of them in any order at the same time do not stop each other', async () => {
    const batches: string[] = [];
    for (let at = 0; at < 20; at += 1)
      batches.push(await insertBatch(client, { closed: true, progressStep: 1, total: 30 }));
    for (const batch of batches) await insertMembers(client, batch, 30);
    await Promise.all(
      nodes.map(async (node) => {
        let jobs: readonly { uuid: string; retry: number }[] = [];
        do {
          const mixed = jobs.toSorted(() => Math.random() - 0.5);
          ({ jobs } = await node.cycle({ done: mixed.map((job) => doneNow(job)), slots: 25 }));
        } while (jobs.length > 0);
      }),
    );
    for (const batch of batches) {
      expect(await state(batch)).toBe('ended');
      const fired = await firedOf(client, batch);
      expect(fired).toMatchObject({ done: 1, success: 1, failure: 0 });
      expect(fired.progress).toBeGreaterThan(0);
      expect(fired.progress).toBeLessThanOrEqual(30);
    }
  }, 60_000);
});
