import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job } from '../../../lib/index.js';
import type { ClaimedInsert } from '../../../lib/store/insert/claimed-insert-store.js';
import type { NewJob } from '../../../lib/store/insert/new-job.js';
import type { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { newJob } from '../../support/new-job.js';
import { connect, countOf, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const noop = (changed: Partial<NewJob> = {}): NewJob => newJob({ name: 'Recorder.noop', ...changed });

describe('the INSERT of a node', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let node: PlayedNode;
  let closeStore: () => Promise<void>;
  let roundTrip = 1_000;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
    await store.channels.ensure(['root', 'root.a', 'root.b']);
    node = await PlayedNode.register(store);
  });

  afterEach(async () => {
    await client.query('DELETE FROM queue_job; DELETE FROM queue_job_claim');
  });

  afterAll(async () => {
    await closeStore();
    await client.end();
    await database.drop();
  });

  const handOver = (
    jobs: readonly NewJob[],
    by: Partial<{ node: number; roundTrip: number; version: number }> = {},
    notification: string | null = null,
  ): Promise<ClaimedInsert> =>
    store.claimedInserts.insert(
      { node: node.id, roundTrip: roundTrip++, version: node.version, ...by },
      jobs,
      notification,
    );

  const rows = async (): Promise<unknown[]> =>
    (await client.query('SELECT seq::int, node, state, retry, phase FROM queue_job ORDER BY seq')).rows;

  const expectWaiting = async (answer: ClaimedInsert): Promise<void> => {
    expect(answer.claimed).toBe(false);
    expect(await rows()).toContainEqual({
      seq: answer.rows[0]?.seq,
      node: null,
      state: 'pending',
      retry: 0,
      phase: 2,
    });
    const uuids = answer.rows.map(({ uuid }) => uuid);
    expect((await client.query('SELECT * FROM queue_job_claim WHERE jobs && $1', [uuids])).rows).toEqual([]);
    // Nor does it stand in the way of the next.
    await client.query('DELETE FROM queue_job WHERE uuid = ANY($1)', [uuids]);
  };

  it('stores jobs as taken by it, in one version of the row, with their try counted', async () => {
    const jobs = [noop(), noop()];
    const { rows: stored, claimed, notified } = await handOver(jobs, { roundTrip: 77 });
    expect({ claimed, notified }).toEqual({ claimed: true, notified: false });
    expect(await rows()).toEqual(
      stored.map(({ seq }) => ({ seq, node: node.id, state: 'enqueued', retry: 1, phase: 2 })),
    );
    const dates = await client.query<{ once: boolean }>(
      'SELECT date_created = date_enqueued AS once FROM queue_job',
    );
    expect(dates.rows).toEqual([{ once: true }, { once: true }]);
    expect((await client.query('SELECT node, id::int, jobs FROM queue_job_claim')).rows).toEqual([
      { node: node.id, id: 77, jobs: jobs.map(({ uuid }) => uuid) },
    ]);
  });

  it('leaves jobs that settle and come back as those of a claim do', async () => {
    const jobs = [noop(), noop()];
    const [first, second] = (await handOver(jobs, { roundTrip: 78 })).rows;
    const { info } = await node.cycle({
      slots: 0,
      done: [doneNow({ uuid: first?.uuid as string, retry: 1 })],
      ends: [{ uuid: second?.uuid as string, retry: 1, kind: 'back' }],
      closedClaims: [78],
    });
    expect(info.fenced).toBeUndefined();
    expect(await rows()).toEqual([{ seq: second?.seq, node: null, state: 'pending', retry: 0, phase: 2 }]);
    expect((await node.cycle()).jobs.map(({ uuid }) => uuid)).toEqual([second?.uuid]);
  });

  it('overtakes nothing that waits in the channel', async () => {
    await insertJobs(client, [{ method: 'noop', args: [], priority: 99 }]);
    await expectWaiting(await handOver([noop()]));
  });

  it('does not mind what other nodes have, and what waits in other channels', async () => {
    await insertJobs(client, [{ method: 'noop', args: [] }]);
    const other = await PlayedNode.register(store);
    expect((await other.cycle()).jobs.length).toBe(1);
    await insertJobs(client, [{ method: 'noop', args: [], channel: 'root.b' }]);
    expect((await handOver([noop()])).claimed).toBe(true);
  });

  it('does not read through a channel in which very many are under way', async () => {
    const other = await PlayedNode.register(store);
    await insertJobs(
      client,
      Array.from({ length: 64 }, () => ({ method: 'noop' as const, args: [] })),
    );
    expect((await other.cycle({ slots: 100 })).jobs.length).toBe(64);
    await expectWaiting(await handOver([noop()]));
  });

  it.each([{ capacity: 1 }, { paused: true }, { throttle: 0.001 }, { capacity: 1, sequential: true }])(
    'takes nothing below a channel of %p',
    async (limit) => {
      await store.channels.change('root.a', limit);
      await store.channels.ensure(['root.a.below']);
      await node.resync([]);
      await expectWaiting(await handOver([noop({ channel: 'root.a.below' })]));
      await expectWaiting(await handOver([noop({ channel: 'root.a' })]));
      await store.channels.change('root.a', {
        capacity: null,
        paused: false,
        throttle: null,
        sequential: false,
      });
      await node.resync([]);
      expect((await handOver([noop({ channel: 'root.b' })])).claimed).toBe(true);
    },
  );

  it('takes nothing by channels that have changed since', async () => {
    await expectWaiting(await handOver([noop()], { version: node.version - 1 }));
  });

  it('takes nothing in a channel that nobody has made', async () => {
    await expectWaiting(await handOver([noop({ channel: 'root.unknown' })]));
  });

  it('takes nothing for a node that was given up, or in a round trip that it gave up', async () => {
    await expectWaiting(await handOver([noop()], { node: 123_456 }));
    const other = await PlayedNode.register(store);
    await store.claims.voidRoundTrip(other.id, 50);
    await expectWaiting(await handOver([noop()], { node: other.id, roundTrip: 50 }));
    await client.query('UPDATE queue_job_node SET alive = false WHERE id = $1', [other.id]);
    await expectWaiting(await handOver([noop()], { node: other.id, roundTrip: 51 }));
  });

  it('tells the others where it takes nothing, and only there', async () => {
    await expect(handOver([noop()], {}, 'notice')).resolves.toMatchObject({ claimed: true, notified: false });
    await expect(handOver([noop({ channel: 'root.unknown' })], {}, 'notice')).resolves.toMatchObject({
      claimed: false,
      notified: true,
    });
  });

  it.each([
    ['a change of the channels', (): string => `SELECT pg_advisory_xact_lock(${store.tables.lockClass}, 0)`],
    ['whoever gives the node up', (): string => 'SELECT 1 FROM queue_job_node FOR UPDATE'],
  ])('waits for nobody: not for %s', async (_, lock) => {
    const holder = await connect(database.url);
    await holder.query('BEGIN');
    await holder.query(lock());
    await expectWaiting(await handOver([noop()]));
    await holder.query('ROLLBACK');
    await holder.end();
  });
});

@Injectable()
class Mails {
  gate = new Gate();
  sent: unknown[] = [];

  @Job()
  async send(to: unknown): Promise<void> {
    this.sent.push(to);
    await this.gate.opened;
  }
}

describe('a call in a process with an idle runner', () => {
  let database: TestDatabase;
  let client: Client;
  let proxy: TcpProxy;
  let test: TestApplication;
  let mails: Mails;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    proxy = await TcpProxy.start(database.url);
    test = await startApplication({
      url: proxy.through(database.url),
      providers: [Mails],
      options: { runner: { concurrency: 2 } },
      logger: false,
    });
    mails = test.get(Mails);
    // The first round trips of a node are over, and it waits.
    mails.gate.open();
    await test.queue.finished(await test.queue.withDelay(Mails).send('warm'));
    await eventually(async () => {
      if ((await countOf(client, 'SELECT count(*) FROM queue_job_claim')) > 0)
        throw new Error('not idle yet');
    });
    mails.gate = new Gate();
    mails.sent = [];
  });

  afterEach(async () => {
    mails.gate.open();
    await test.close();
    await proxy.close();
    await client.end();
    await database.drop();
  });

  const waitingCalls = (): Promise<number> =>
    countOf(
      client,
      `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%insert_claimed%'`,
    );

  it('begins with the commit of its INSERT: nothing claims it', async () => {
    const job = await test.queue.withDelay(Mails).send('ada');
    await eventually(() => expect(mails.sent).toEqual(['ada']));
    const claims = await client.query<{ same: boolean }>(
      `SELECT j.xmin = c.xmin AS same FROM queue_job j JOIN queue_job_claim c ON c.jobs @> ARRAY[j.uuid] WHERE j.uuid = $1`,
      [job.uuid],
    );
    expect(claims.rows).toEqual([{ same: true }]);
    mails.gate.open();
    await test.queue.finished(job);
  });

  it('returns before its job begins', async () => {
    const began = { when: mails.sent.length };
    await test.queue.withDelay(Mails).send('ada');
    began.when = mails.sent.length;
    await eventually(() => expect(mails.sent).toEqual(['ada']));
    expect(began.when).toBe(0);
  });

  it('waits for a slot as always where the node has none', async () => {
    for (const to of [1, 2, 3]) await test.queue.withDelay(Mails).send(to);
    await eventually(() => expect(mails.sent).toEqual([1, 2]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(mails.sent).toEqual([1, 2]);
    mails.gate.open();
    await eventually(() => expect(mails.sent).toEqual([1, 2, 3]));
  });

  it('whose answer is lost is an error of that call; what it stored runs once', async () => {
    mails.gate.open();
    const blocker = await connect(database.url);
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE queue_job IN SHARE MODE');
    const call = test.queue.withDelay(Mails).send('ada');
    const outcome = call.then(
      () => 'stored',
      () => 'refused',
    );
    await eventually(async () => expect(await waitingCalls()).toBe(1));
    // The way to the server is gone, the server goes on.
    proxy.cut();
    await blocker.query('COMMIT');
    await blocker.end();
    expect(await outcome).toBe('refused');
    await eventually(() => expect(mails.sent).toEqual(['ada']), 20_000);
    await eventually(() => expectAllDone(client, 2), 20_000);
    expect(mails.sent).toEqual(['ada']);
  });

  it('that PostgreSQL refuses does not trouble the node', async () => {
    // No text of a call can be refused, so the table is made to.
    await client.query(`ALTER TABLE queue_job ADD CONSTRAINT no_eve CHECK (description <> 'eve')`);
    await expect(test.queue.withDelay(Mails, { description: 'eve' }).send('eve')).rejects.toThrow('no_eve');
    const job = await test.queue.withDelay(Mails).send('ada');
    mails.gate.open();
    await test.queue.finished(job);
    expect(mails.sent).toEqual(['ada']);
  });

  it('is for others at once where the node stops meanwhile', async () => {
    const other = await connect(database.url);
    const heard: string[] = [];
    other.on('notification', ({ payload = '' }) => heard.push(payload));
    await other.query('LISTEN "public.queue_job"');
    const blocker = await connect(database.url);
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE queue_job IN SHARE MODE');
    const call = test.queue.withDelay(Mails).send('ada');
    await eventually(async () => expect(await waitingCalls()).toBe(1));
    const stopped = test.runner.stop();
    await blocker.query('COMMIT');
    await blocker.end();
    const { uuid } = await call;
    await stopped;
    const { rows } = await client.query('SELECT uuid, state, node, retry FROM queue_job');
    expect(rows).toEqual([{ uuid, state: 'pending', node: null, retry: 0 }]);
    await eventually(() => expect(heard.some((payload) => payload.includes('"ready":true'))).toBe(true));
    expect(mails.sent).toEqual([]);
    await other.end();
  });
});
