import type { ClaimedJob } from '../../../lib/store/claims/claimed-job.js';
import type { Client } from 'pg';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';
import { OTHER_CHANNELS } from '../../../lib/store/claims/other-channels.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

const noops = (count: number, channel = 'root') =>
  Array.from({ length: count }, () => ({ method: 'noop' as const, args: [], channel }));

/** How many statements of this database wait for a lock. */
const waiting = (client: Client): Promise<number> =>
  countOf(
    client,
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );

describe('claim and settle', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let closeStore: () => Promise<void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
  });

  afterEach(async () => {
    await closeStore();
    await client.end();
    // Rows are changed by hand here, as no node does it.
    await database.drop({ orphans: true });
  });

  /** Holds everything that `sql` locks until `release` is called. */
  const holding = async (sql: string, values: unknown[] = []): Promise<() => Promise<void>> => {
    const holder = await connect(database.url);
    await holder.query('BEGIN');
    await holder.query(sql, values);
    return async () => {
      await holder.query('COMMIT');
      await holder.end();
    };
  };

  it('sums the permits that are out only after it has waited for the lock: two nodes never take the same one', async () => {
    await store.channels.change('root.one', { capacity: 1 });
    const [first, second] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(4, 'root.one'));
    // Node 1 claims in a transaction that is still open; node 2 has looked before, and has to wait for it.
    const commit = await holding(
      `SELECT * FROM queue_job_claim_1($1, $2, false, '{}', false, false, 10, '{}', '{}', $3, NULL, 1, '{}', '{}', '{}')`,
      [first.id, first.version, ['Recorder.noop']],
    );
    const claimed = second.cycle();
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await commit();
    expect((await claimed).jobs).toEqual([]);
    expect((await claimed).info.starved).toEqual(['root.one']);
    expect((await client.query('SELECT node, count FROM queue_job_permit')).rows).toEqual([
      { node: first.id, count: 1 },
    ]);
  });

  it('looks for channels with ready jobs at one moment: what was called later is never found without what came before', async () => {
    const fillers = Array.from({ length: 3_000 }, (_, at) => noops(1, `root.m${at}`)).flat();
    await insertJobs(client, fillers);
    const other = await connect(database.url);
    const look = async (): Promise<string[]> => {
      const { rows } = await client.query<{ found: string[] }>(
        `SELECT channels AS found FROM queue_job_ready_heads_1(NULL, '{}', '{}', '{}')`,
      );
      return rows[0]?.found ?? [];
    };
    for (let round = 0; round < 20; round += 1) {
      const looking = look();
      await insertJobs(other, noops(1, 'root.a'));
      await insertJobs(other, noops(1, 'root.z'));
      const found = await looking;
      expect(found.length).toBeGreaterThanOrEqual(3_000);
      expect({ earlier: found.includes('root.a') || !found.includes('root.z') }).toEqual({ earlier: true });
      await other.query(`DELETE FROM queue_job WHERE channel IN ('root.a', 'root.z')`);
    }
    await other.end();
  });

  it('takes nothing under a sequential channel before what was called earlier, while it waited for the lock', async () => {
    await store.channels.change('root.s', { capacity: 1, sequential: true });
    await store.channels.ensure(['root.s.a', 'root.s.z']);
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(1, 'root.s.z'));
    const release = await holding(`SELECT 1 FROM queue_job_channel WHERE name = 'root.s' FOR UPDATE`);
    const claimed = node.cycle();
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await client.query('DELETE FROM queue_job');
    await insertJobs(client, noops(1, 'root.s.a'));
    await insertJobs(client, noops(1, 'root.s.z'));
    await release();
    expect((await claimed).jobs).toEqual([]);
    expect((await node.cycle()).jobs.map(({ channel }) => channel)).toEqual(['root.s.a']);
  });

  it('over 10,000 channels is no slower by a plan that was made while there was one', async () => {
    const node = await PlayedNode.register(store);
    const claim = async (by: Client): Promise<number> => {
      const start = performance.now();
      const { rowCount } = await by.query(
        `SELECT * FROM queue_job_claim_1($1, $2, false, '{}', false, false, 100, '{}', '{}', $3, NULL, $4, '{}', '{}', '{}')`,
        [node.id, node.version, ['Recorder.noop'], Math.round(start)],
      );
      expect(rowCount).toBe(101);
      return performance.now() - start;
    };
    await client.query('ANALYZE queue_job_channel');
    await insertJobs(client, noops(100));
    await claim(client);
    const names = Array.from({ length: 10_000 }, (_, at) => `root.c${at}`);
    await store.channels.ensure(names);
    await insertJobs(
      client,
      names.flatMap((name) => noops(1, name)),
    );
    const fresh = await connect(database.url);
    await claim(fresh);
    const [early, late] = [await claim(client), await claim(fresh)];
    await fresh.end();
    expect(early).toBeLessThan(4 * late);
  });

  it('waits for the disk where it has written something, and not to find nothing', async () => {
    const node = await PlayedNode.register(store);
    const waitsForDisk = async (brings: boolean): Promise<unknown> => {
      await client.query('BEGIN');
      await client.query(
        `SELECT * FROM queue_job_claim_1($1, $2, false, '{}', false, true, 10, '{}', '{}', $3, NULL, 1, '{}', '{}', '{}', $4)`,
        [node.id, node.version, ['Recorder.noop'], brings],
      );
      const { rows } = await client.query<{ synchronous_commit: string }>('SHOW synchronous_commit');
      await client.query('ROLLBACK');
      return rows[0]?.synchronous_commit;
    };
    await expect(waitsForDisk(false)).resolves.toBe('off');
    await expect(waitsForDisk(true)).resolves.toBe('on');
    await insertJobs(client, noops(1));
    await expect(waitsForDisk(false)).resolves.toBe('on');
    await client.query('UPDATE queue_job SET phase = 1, eta = now()');
    await expect(waitsForDisk(false)).resolves.toBe('on');
  });

  it('counts what a node gives back as free in the same round trip', async () => {
    await store.channels.change('root.one', { capacity: 1 });
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(2, 'root.one'));
    const [first] = (await node.cycle()).jobs;
    const { jobs } = await node.cycle({ done: [doneNow(first as never)], free: new Map([['root.one', 1]]) });
    expect(jobs.length).toBe(1);
    expect((await client.query('SELECT count FROM queue_job_permit')).rows).toEqual([{ count: 1 }]);
  });

  it('prefetches nothing below a limit of which it has no permit, nor what comes after that', async () => {
    await store.channels.change('root.above', { capacity: 1 });
    await store.channels.change('root.above.a', { capacity: 2 });
    // Its starts are counted in time, so no permit is kept for a job that has yet to start.
    await store.channels.change('root.above.b', { capacity: 2, rate: { limit: 5, per: 60 } });
    const node = await PlayedNode.register(store);
    for (const channel of ['root.above.a', 'root.above.b', 'root.above.a'])
      await insertJobs(client, noops(1, channel));
    const prefetch = new Map([['root.above.a', 3], ['root.above.b', 3]]); // prettier-ignore
    const { jobs } = await node.cycle({ prefetch });
    expect(jobs.map((job) => [job.channel, job.prefetched])).toEqual([['root.above.a', false]]);
  });

  it('prefetches the first job of each channel that has room, with a permit that the node keeps for it', async () => {
    await store.channels.change('root.above', { capacity: 1 });
    const channels = ['a', 'b', 'c'].map((name) => `root.above.${name}`);
    for (const name of channels) await store.channels.change(name, { capacity: 1, sequential: true });
    const [node, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    for (const channel of channels) await insertJobs(client, noops(2, channel));
    const prefetch = new Map(channels.map((channel) => [channel, 5]));
    const { jobs, info } = await node.cycle({ slots: 1, prefetch });
    expect(jobs.map((job) => [job.channel, job.prefetched])).toEqual([
      [channels[0], false],
      [channels[1], true],
      [channels[2], true],
    ]);
    expect(info.booked).toEqual({ 'root.above.b': 1, 'root.above.c': 1 });
    const { rows } = await client.query('SELECT channel, count FROM queue_job_permit ORDER BY channel');
    expect(rows).toEqual(['root.above', ...channels].map((channel) => ({ channel, count: 1 })));
    // Nor the second of a channel that goes strictly in order, here or elsewhere.
    expect((await node.cycle({ slots: 0, prefetch })).jobs).toEqual([]);
    expect((await other.cycle({ prefetch })).jobs).toEqual([]);
  });

  it('prefetches nothing in a sequential channel before what was called earlier, while it waited for the lock', async () => {
    await store.channels.change('root.s', { capacity: 1, sequential: true });
    await store.channels.ensure(['root.s.a', 'root.s.z']);
    const node = await PlayedNode.register(store);
    const ahead = { slots: 0, prefetch: new Map([['root.s.a', 5], ['root.s.z', 5]]) }; // prettier-ignore
    await insertJobs(client, noops(1, 'root.s.z'));
    const release = await holding(`SELECT 1 FROM queue_job_channel WHERE name = 'root.s' FOR UPDATE`);
    const claimed = node.cycle(ahead);
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await client.query('DELETE FROM queue_job');
    await insertJobs(client, noops(1, 'root.s.a'));
    await insertJobs(client, noops(1, 'root.s.z'));
    await release();
    expect((await claimed).jobs).toEqual([]);
    expect((await node.cycle(ahead)).jobs.map(({ channel }) => channel)).toEqual(['root.s.a']);
  });

  it('prefetches in turns, and says which turn each has', async () => {
    await store.channels.change('root.turns', { capacity: 1, fair: true });
    const channels = ['root.turns.a', 'root.turns.b'];
    await store.channels.ensure(channels);
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(4, 'root.turns.a'));
    await insertJobs(client, noops(4, 'root.turns.b'));
    const prefetch = new Map(channels.map((channel) => [channel, 5]));
    const { jobs, info } = await node.cycle({ slots: 1, prefetch, prefetchMost: 3 });
    const first = jobs.find((job) => !job.prefetched)?.seq as number;
    expect(info.turns).toEqual([4, 1, 5].map((after) => first + after));
    // The turns go on after those.
    const next = await node.cycle({ slots: 0, prefetch, prefetchMost: 1 });
    expect(next.jobs.map(({ seq }) => seq - first)).toEqual([2]);
  });

  it('prefetches a few jobs of each channel that the node does not list, if it asks for these', async () => {
    await store.channels.change('root.above', { capacity: 1 });
    const channels = ['a', 'b', 'c'].map((name) => `root.above.${name}`);
    await store.channels.ensure(channels);
    const node = await PlayedNode.register(store);
    for (const channel of channels) await insertJobs(client, noops(10, channel));
    const prefetch = new Map([[channels[1] as string, 10], [OTHER_CHANNELS, 100]]); // prettier-ignore
    const { jobs } = await node.cycle({ prefetch });
    // One more could not be taken of the first channel, so nothing that comes after it may wait for the same permit.
    expect(jobs.map((job) => job.channel)).toEqual(Array.from({ length: 5 }, () => channels[0]));
    expect(jobs.filter((job) => !job.prefetched)).toHaveLength(1);
  });

  it('keeps jobs at hand only where the node holds a permit, and never out of order', async () => {
    await store.channels.change('root.one', { capacity: 1 });
    const [first, second] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(6, 'root.one'));
    const hand = new Map([['root.one', 3]]);
    const { jobs } = await first.cycle({ prefetch: hand });
    expect(jobs.map((job) => [job.seq, job.prefetched])).toEqual([
      [1, false],
      [2, true],
      [3, true],
      [4, true],
    ]);
    expect((await second.cycle({ prefetch: hand })).jobs).toEqual([]);
  });

  it('touches no index when it claims: the updates are heap-only', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(200));
    const updates = async () => {
      const { rows } = await client.query<{ all: string; hot: string }>(
        `SELECT pg_stat_get_tuples_updated('queue_job'::regclass) AS all, pg_stat_get_tuples_hot_updated('queue_job'::regclass) AS hot`,
      );
      return { all: Number(rows[0]?.all), hot: Number(rows[0]?.hot) };
    };
    expect((await node.cycle({ slots: 200 })).jobs.length).toBe(200);
    // On the connection that claimed, which would report by itself only after ten seconds.
    await store.database.query('SELECT pg_stat_force_next_flush()');
    await eventually(async () => expect(await updates()).toEqual({ all: 200, hot: 200 }));
  });

  it('claims nothing by a tree that has changed, but settles all the same', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3));
    const { jobs } = await node.cycle({ slots: 1 });
    await store.channels.change('root', { capacity: 5 });
    const answer = await node.cycle({ done: jobs.map((job) => doneNow(job)) });
    expect(answer).toMatchObject({ info: { stale: true }, jobs: [] });
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_history')).toBe(1);
    await node.resync([]);
    expect((await node.cycle()).jobs.length).toBe(2);
  });

  it('waits for claims under way before it changes a channel, and books what runs there', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3, 'root.free'));
    await store.channels.ensure(['root.free']);
    const commit = await holding(
      `SELECT * FROM queue_job_claim_1($1, $2, false, '{}', false, false, 10, '{}', '{}', $3, NULL, 1, '{}', '{}', '{}')`,
      [node.id, node.version, ['Recorder.noop']],
    );
    const changed = store.channels.change('root.free', { capacity: 1 });
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await commit();
    await changed;
    expect((await client.query('SELECT channel, count FROM queue_job_permit')).rows).toEqual([
      { channel: 'root.free', count: 3 },
    ]);
  });

  it('keeps nothing at hand where more is out than a channel has since it was lowered', async () => {
    await store.channels.change('root.lowered', { capacity: 3 });
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(10, 'root.lowered'));
    const { jobs } = await node.cycle({ slots: 10 });
    expect(jobs.length).toBe(3);
    await store.channels.change('root.lowered', { capacity: 1 });
    await node.resync(jobs.map(({ uuid }) => uuid));
    const hand = new Map([['root.lowered', 5]]);
    expect((await node.cycle({ slots: 7, prefetch: hand })).jobs).toEqual([]);
    const done = jobs.slice(0, 2).map((job) => doneNow(job));
    const answer = await node.cycle({ slots: 9, prefetch: hand, done, free: new Map([['root.lowered', 2]]) });
    // As many as it has are out now: what the last one gives up may be handed on.
    expect(answer.jobs.map((job) => job.prefetched)).toEqual([true, true, true, true, true]);
  });

  it('writes an end once: sent again after a lost answer it changes nothing and is not taken for a fenced one', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3));
    const { jobs } = await node.cycle();
    const done = jobs.slice(0, 1).map((job) => doneNow(job, '"first"'));
    const ends = [
      {
        uuid: jobs[1]?.uuid as string,
        retry: 1,
        kind: 'retry' as const,
        seconds: 60,
        uncounted: false,
        started: 1,
        ended: 0,
        name: 'Busy',
        message: 'm',
        info: 'i',
      },
      {
        uuid: jobs[2]?.uuid as string,
        retry: 1,
        kind: 'failed' as const,
        started: 1,
        ended: 0,
        name: 'Error',
        message: 'm',
        info: 'i',
      },
    ];
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await node.cycle({ done, ends, slots: 0 })).info.fenced).toBeUndefined();
    }
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_history')).toBe(1);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_attempt')).toBe(2);
  });

  it('fences by node and by try: a node that lost a job neither completes nor fails it', async () => {
    const [late, next] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(2));
    const { jobs } = await late.cycle();
    await client.query(`UPDATE queue_job SET node = NULL, state = 'pending'`);
    expect((await next.cycle()).jobs.map(({ retry }) => retry)).toEqual([2, 2]);
    const answer = await late.cycle({
      done: [doneNow(jobs[0] as never)],
      ends: [
        {
          uuid: jobs[1]?.uuid as string,
          retry: 1,
          kind: 'failed',
          started: 1,
          ended: 0,
          name: 'Error',
          message: 'm',
          info: 'i',
        },
      ],
      slots: 0,
    });
    expect(answer.info.fenced?.toSorted()).toEqual(jobs.map(({ uuid }) => uuid).toSorted());
    expect(
      await countOf(client, `SELECT count(*) FROM queue_job WHERE node = $1 AND state = 'enqueued'`, [
        next.id,
      ]),
    ).toBe(2);
  });

  it.each([
    ['its node alone', 'node = node + 1000'],
    ['its try alone', 'retry = retry + 1'],
  ])('fences each kind of end by %s', async (_what, change) => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3));
    const { jobs } = await node.cycle();
    const [one, two, three] = jobs as [(typeof jobs)[0], (typeof jobs)[0], (typeof jobs)[0]];
    await client.query(`UPDATE queue_job SET ${change}`);
    const { info } = await node.cycle({
      done: [doneNow(one)],
      ends: [
        {
          uuid: two.uuid,
          retry: 1,
          kind: 'failed',
          started: 1,
          ended: 0,
          name: 'Error',
          message: 'm',
          info: 'i',
        },
      ],
      slots: 0,
    });
    expect(info.fenced?.toSorted()).toEqual([one.uuid, two.uuid].toSorted());
    const finished = await store.claims.finish((text, values) => store.database.query(text, values), {
      node: node.id,
      uuid: three.uuid,
      retry: 1,
      result: null,
      started: 1,
    });
    expect(finished).toBe('fenced');
    expect(await countOf(client, `SELECT count(*) FROM queue_job WHERE state = 'enqueued'`)).toBe(3);
  });

  it('does not let a transactional job be done that somebody has cancelled', async () => {
    const node = await PlayedNode.register(store);
    const [uuid] = await insertJobs(client, noops(1));
    await node.cycle();
    await client.query(`UPDATE queue_job SET cancel_by = 'someone'`);
    const end = { node: node.id, uuid: uuid as string, retry: 1, result: null, started: 1 };
    expect(await store.claims.finish((text, values) => store.database.query(text, values), end)).toBe(
      'cancelled',
    );
    expect(await countOf(client, 'SELECT count(*) FROM queue_job')).toBe(1);
  });

  it('gives a node without its session the grace, and gives its permits back with its jobs', async () => {
    await store.channels.change('root.one', { capacity: 1 });
    const [gone, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(2, 'root.one'));
    expect((await gone.cycle()).jobs.length).toBe(1);
    expect((await store.nodes.heartbeat(other.id, 60, 15)).dead).toEqual([]);
    expect(await store.nodes.rescue(gone.id, 60)).toBeNull();
    expect((await store.nodes.heartbeat(other.id, 0, 15)).dead).toEqual([gone.id]);
    expect(await store.nodes.rescue(gone.id, 0)).toHaveLength(1);
    expect((await client.query('SELECT * FROM queue_job_permit')).rows).toEqual([]);
    expect((await other.cycle()).jobs.length).toBe(1);
  });

  it('leaves a job to the living node that has it, whatever people ask', async () => {
    const node = await PlayedNode.register(store);
    const [uuid] = (await insertJobs(client, noops(1))) as [string];
    await node.cycle();
    expect(await store.jobs.requeue([uuid])).toEqual([]);
    expect(await store.jobs.setDone([uuid], 'someone')).toEqual([]);
    expect(await store.jobs.postpone(uuid, 60, null)).toBe(false);
    expect(await store.jobs.cancel([uuid], 'someone')).toEqual([{ uuid, node: node.id }]);
    expect((await client.query('SELECT node, retry FROM queue_job')).rows).toEqual([
      { node: node.id, retry: 1 },
    ]);
  });

  it('does not give up a node that has its session again by then', async () => {
    const [back, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(1));
    await back.cycle();
    expect((await store.nodes.heartbeat(other.id, 0, 15)).dead).toEqual([back.id]);
    const session = await connect(database.url);
    await session.query('SELECT pg_advisory_lock($1, $2)', [store.tables.lockClass, back.id]);
    expect(await store.nodes.rescue(back.id, 0)).toBeNull();
    await session.end();
    expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')).toBe(1);
  });

  it('refuses a node that was given up: it settles and claims nothing more', async () => {
    const [dead, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(2));
    const { jobs } = await dead.cycle({ slots: 1 });
    await other.store.nodes.heartbeat(other.id, 0, 15);
    expect(await store.nodes.rescue(dead.id, 0)).toHaveLength(1);
    expect(await dead.cycle({ done: jobs.map((job) => doneNow(job)) })).toMatchObject({
      info: { dead: true },
      jobs: [],
    });
    // Nobody knows whether the method had begun, so its attempt does not count.
    const again = (await other.cycle()).jobs.map(({ retry, deaths }) => ({ retry, deaths }));
    expect(again.toSorted((a, b) => a.deaths - b.deaths)).toEqual([
      { retry: 1, deaths: 0 },
      { retry: 1, deaths: 1 },
    ]);
  });

  it('counts a death for what had begun, gives back what had not, and leaves open what nobody knows', async () => {
    const [dead, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    const uuids = await insertJobs(client, [
      ...noops(2),
      { method: 'noop', args: [], maxRetries: 1 },
      { method: 'noop', args: [], maxRetries: 1 },
    ]);
    const { jobs } = await dead.cycle();
    const begun = [jobs[0], jobs[2]] as ClaimedJob[];
    await dead.cycle({
      slots: 0,
      ends: begun.map(({ uuid, retry }) => ({ uuid, retry, kind: 'started' as const, started: 1 })),
    });
    await other.store.nodes.heartbeat(other.id, 0, 15);
    expect((await store.nodes.rescue(dead.id, 0))?.map(({ kind }) => kind).toSorted()).toEqual([
      'back', 'failed', 'retried', 'retried',
    ]); // prettier-ignore
    const { rows } = await client.query(
      `SELECT state, retry, deaths, (SELECT count(*)::int FROM queue_job_attempt a WHERE a.job_uuid = j.uuid) AS attempts
       FROM queue_job j ORDER BY array_position($1, uuid)`,
      [uuids],
    );
    expect(rows).toEqual([
      { state: 'pending', retry: 1, deaths: 1, attempts: 1 },
      { state: 'pending', retry: 0, deaths: 1, attempts: 1 },
      { state: 'failed', retry: 1, deaths: 1, attempts: 1 },
      { state: 'pending', retry: 0, deaths: 0, attempts: 0 },
    ]);
  });

  it('gives a dead node up only after the round trip that it has under way, with what that one claims', async () => {
    const [dead, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(2));
    const commit = await holding(
      `SELECT c.uuid FROM queue_job_settle_1($1, 1, '{}', '{}', '{}', '{}', '{}', NULL, '{}', '{}', '{}') s,
         queue_job_claim_1($1, $2, s.dead, '{}', false, false, 10, '{}', '{}', $3, NULL, 1, '{}', '{}', '{}') c`,
      [dead.id, dead.version, ['Recorder.noop']],
    );
    await other.store.nodes.heartbeat(other.id, 0, 15);
    // The row is locked: another second will do.
    expect(await store.nodes.rescue(dead.id, 0)).toBeNull();
    await commit();
    expect(await store.nodes.rescue(dead.id, 0)).toHaveLength(2);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NULL')).toBe(2);
  });

  it('does nothing for a round trip that the node no longer waits for, should the server come to it late', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3));
    const { jobs } = await node.cycle({ slots: 1 });
    const late = node.parameters({ done: jobs.map((job) => doneNow(job)) });
    await store.claims.voidRoundTrip(node.id, late.id);
    expect(await store.claims.roundTrip(late)).toMatchObject({ info: { dead: true }, jobs: [] });
    expect(await countOf(client, 'SELECT count(*) FROM queue_job')).toBe(3);
    // The next one is heard again.
    expect((await node.cycle({ done: late.done })).jobs.length).toBe(2);
  });

  it('waits for a round trip under way before it is forgotten, so that what it took is known', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(2));
    const commit = await holding(
      `SELECT c.uuid FROM queue_job_settle_1($1, 1, '{}', '{}', '{}', '{}', '{}', NULL, '{}', '{}', '{}') s,
         queue_job_claim_1($1, $2, s.dead, '{}', false, false, 10, '{}', '{}', $3, NULL, 1, '{}', '{}', '{}') c`,
      [node.id, node.version, ['Recorder.noop']],
    );
    const forgotten = store.claims.voidRoundTrip(node.id, 1);
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await commit();
    await forgotten;
    expect((await store.claims.heldJobs(node.id)).length).toBe(2);
  });

  it('tells a node after a lost answer what it holds', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(3));
    const { jobs } = await node.cycle({ slots: 2 });
    const held = await store.claims.heldJobs(node.id);
    expect(held.map(({ uuid }) => uuid).toSorted()).toEqual(jobs.map(({ uuid }) => uuid).toSorted());
  });

  it("lets a job go on without its identity key where somebody's open transaction has just taken it", async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, noops(2));
    await client.query(`UPDATE queue_job SET identity_key = 'k', identity_lock = 'k' WHERE seq = 1`);
    const [keyed, other] = (await node.cycle()).jobs;
    const commit = await holding(
      `INSERT INTO queue_job (uuid, name, description, identity_key, identity_lock) VALUES (gen_random_uuid(), 'n', 'n', 'k', 'k')`,
    );
    await node.cycle({
      done: [doneNow(other as never)],
      ends: [
        {
          uuid: keyed?.uuid as string,
          retry: 1,
          kind: 'retry',
          seconds: 60,
          uncounted: false,
          started: 1,
          ended: 0,
          name: 'E',
          message: 'm',
          info: 'i',
        },
      ],
      slots: 0,
    });
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_history')).toBe(1);
    expect((await client.query('SELECT state, identity_key, identity_lock FROM queue_job')).rows).toEqual([
      { state: 'pending', identity_key: 'k', identity_lock: null },
    ]);
    await commit();
  });

  it('books no permit for a node that is being given up', async () => {
    await store.channels.ensure(['root.x']);
    const [dead, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await insertJobs(client, noops(3, 'root.x'));
    await dead.cycle();
    await other.store.nodes.heartbeat(other.id, 0, 15);
    const commit = await holding('SELECT queue_job_rescue_1($1, 0)', [dead.id]);
    const changed = store.channels.change('root.x', { capacity: 2 });
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await commit();
    await changed;
    expect((await client.query('SELECT * FROM queue_job_permit')).rows).toEqual([]);
    await other.resync([]);
    expect((await other.cycle()).jobs.length).toBe(2);
  });

  it('gives back what it can of a dead node, and comes again for a job whose row a transaction still holds', async () => {
    const [dead, other] = [await PlayedNode.register(store), await PlayedNode.register(store)];
    const [locked] = await insertJobs(client, noops(3));
    await dead.cycle();
    await other.store.nodes.heartbeat(other.id, 0, 15);
    const commit = await holding('SELECT 1 FROM queue_job WHERE uuid = $1 FOR UPDATE', [locked]);
    expect(await store.nodes.rescue(dead.id, 0)).toHaveLength(2);
    expect((await client.query('SELECT uuid FROM queue_job WHERE node IS NOT NULL')).rows).toEqual([
      { uuid: locked },
    ]);
    await commit();
    expect((await other.store.nodes.heartbeat(other.id, 0, 15)).dead).toEqual([dead.id]);
    expect(await store.nodes.rescue(dead.id, 0)).toHaveLength(1);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')).toBe(0);
  });

  it('does not ask at once again for a job that is due and that somebody has locked', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, [{ method: 'noop', args: [], eta: 0.001 }]);
    const commit = await holding('SELECT 1 FROM queue_job FOR UPDATE');
    const { info } = await node.cycle({ promote: true });
    expect(info.nextEta).toBeGreaterThanOrEqual(50);
    await commit();
    expect((await node.cycle({ promote: true })).jobs.length).toBe(1);
  });

  it('releases a child whose last two parents end at the same moment in two transactions', async () => {
    const node = await PlayedNode.register(store);
    const [one, two, child] = await insertJobs(client, noops(3));
    await client.query(`UPDATE queue_job SET has_children = true WHERE uuid <> $1`, [child]);
    await client.query(`UPDATE queue_job SET state = 'wait_dependencies', phase = 0 WHERE uuid = $1`, [
      child,
    ]);
    await client.query('INSERT INTO queue_job_dependency (parent, child) VALUES ($1, $3), ($2, $3)', [
      one,
      two,
      child,
    ]);
    const { jobs } = await node.cycle();
    expect(new Set(jobs.map(({ uuid }) => uuid))).toEqual(new Set([one, two]));
    const commit = await holding(
      `SELECT * FROM queue_job_settle_1($1, 100, ARRAY[$2::uuid], '{1}', ARRAY[NULL::json], '{1}', '{0}', NULL, '{}', '{}', '{}')`,
      [node.id, one],
    );
    const settled = node.cycle({ done: [doneNow({ uuid: two as string, retry: 1 })], slots: 0 });
    await eventually(async () => expect(await waiting(client)).toBe(1));
    await commit();
    expect((await settled).info.released).toBe(true);
    expect((await client.query('SELECT state FROM queue_job WHERE uuid = $1', [child])).rows).toEqual([
      { state: 'pending' },
    ]);
  });

  it('passes by a job that another connection has locked, and says that there is more to have', async () => {
    const node = await PlayedNode.register(store);
    const [locked] = await insertJobs(client, [...noops(1), ...noops(1, 'root.b')]);
    await store.channels.ensure(['root.b']);
    const commit = await holding('SELECT 1 FROM queue_job WHERE uuid = $1 FOR UPDATE', [locked]);
    const answer = await node.cycle();
    expect(answer.jobs.length).toBe(1);
    expect(answer.info.more).toBe(true);
    await commit();
    expect((await node.cycle()).jobs.map(({ uuid }) => uuid)).toEqual([locked]);
  });
});
