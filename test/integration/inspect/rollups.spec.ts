import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, Job, type QueueJob, RetryableJobError } from '../../../lib/index.js';
import { bucketOf } from '../../../lib/common/histogram.js';
import type { StatsBatch } from '../../../lib/store/stats/rollup-store.js';
import type { Store } from '../../../lib/store/store.js';
import { StatsBuffer } from '../../../lib/runner/reporting/stats-buffer.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

/** Jobs that have asked once to be run again, on any node of this process. */
const postponed = new Set<string>();

@Injectable()
class Worker {
  @Job({ retryPattern: { 1: 0 }, maxRetries: 3 })
  async work(tries: number): Promise<void> {
    if (currentJob().job.retry < tries) throw new RetryableJobError('again');
    return Promise.resolve();
  }

  @Job({ defaultChannel: 'root.fails' })
  async fail(): Promise<void> {
    return Promise.reject(new Error('never'));
  }

  @Job({ transactional: true, defaultChannel: 'root.bank' })
  async book(): Promise<void> {
    const { job } = currentJob();
    if (job.priority !== 1) return Promise.resolve();
    if (!postponed.has(job.uuid)) currentJob().postpone(0);
    postponed.add(job.uuid);
    return Promise.resolve();
  }

  @Job()
  async wait(): Promise<void> {
    const { signal } = currentJob();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
}

interface Sums {
  readonly channel: string;
  readonly name: string;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  readonly cancelled: number;
}

const nextOf = (tally: StatsBuffer, node: number): StatsBatch => tally.next(node) as StatsBatch;
const zero = { done: 0, failed: 0, retried: 0, cancelled: 0 };

describe('the sums for the charts', () => {
  let database: TestDatabase;
  let client: Client;
  let apps: TestApplication[];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    apps = [];
  });

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await client.end();
    await database.drop();
  });

  const sums = async (width: number): Promise<Sums[]> => {
    const { rows } = await client.query<Sums>(
      `SELECT channel, name, sum(done)::int AS done, sum(failed)::int AS failed, sum(retried)::int AS retried, sum(cancelled)::int AS cancelled
       FROM queue_job_rollup WHERE width = $1 AND name <> '' GROUP BY 1, 2 ORDER BY 1, 2`,
      [width],
    );
    return rows;
  };
  const start = async (): Promise<TestApplication> => {
    apps.push(await startApplication({ url: database.url, providers: [Worker], logger: false }));
    return apps.at(-1) as TestApplication;
  };
  const stop = async (): Promise<unknown> => Promise.all(apps.map(({ runner }) => runner.stop()));

  it('are exact over two nodes: done, failed, retried, cancelled, transactional, by hand', async () => {
    const { queue } = await start();
    await start();
    const good = await Promise.all(
      Array.from({ length: 300 }, (_, at) => queue.withDelay(Worker).work(at % 3)),
    );
    const bad = await Promise.all(Array.from({ length: 20 }, () => queue.withDelay(Worker).fail()));
    const booked = await Promise.all(
      Array.from({ length: 20 }, (_, at) => queue.withDelay(Worker, { priority: at % 2 }).book()),
    );
    for (const job of [...good, ...booked]) await queue.finished(job, { timeout: 20_000 });
    for (const job of bad) await queue.finished(job, { timeout: 20_000 }).catch(() => undefined);
    const running = await queue.withDelay(Worker).wait();
    await eventually(async () => expect((await queue.find(running.uuid))?.state).toBe('started'));
    await queue.cancel(running.uuid);
    await eventually(async () => expect((await queue.find(running.uuid))?.state).toBe('cancelled'));
    await queue.setDone((bad[0] as QueueJob).uuid);
    await queue.cancel((bad[1] as QueueJob).uuid);
    await stop();

    const expected = [
      { channel: 'root', name: 'Worker.wait', ...zero, cancelled: 1 },
      { channel: 'root', name: 'Worker.work', ...zero, done: 300, retried: 100 },
      { channel: 'root.bank', name: 'Worker.book', ...zero, done: 20, retried: 10 },
      { channel: 'root.fails', name: 'Worker.fail', ...zero, done: 1, failed: 20, cancelled: 1 },
    ];
    for (const width of [60, 900, 3600]) expect(await sums(width)).toEqual(expected);
    expect(await countOf(client, `SELECT count(*) FROM queue_job_history WHERE state = 'done'`)).toBe(321);
    // Every try, and no end by hand, is in the histograms.
    const tries = await countOf(
      client,
      `SELECT sum(n) AS count FROM queue_job_rollup r, unnest(r.run) n WHERE r.width = 60`,
    );
    expect(tries).toBe(300 + 100 + 20 + 10 + 20 + 1);
  }, 60_000);

  it('stand by the minute in which jobs ended, by the clock of the database', async () => {
    const test = await start();
    await test.queue.finished(await test.queue.withDelay(Worker).work(0), { timeout: 10_000 });
    await stop();
    const { rows } = await client.query<{ same: boolean }>(
      `SELECT date_bin('1 minute', h.date_done, to_timestamp(0)) = r.bucket AS same
       FROM queue_job_history h, queue_job_rollup r WHERE r.width = 60 AND r.name <> ''`,
    );
    expect(rows).toEqual([{ same: true }]);
  });

  describe('in the store', () => {
    let store: Store;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ store, close } = await openTestStore(database.url));
    });

    afterEach(() => close());

    it('count a batch once, however often it is sent', async () => {
      const { id } = await PlayedNode.register(store);
      const tally = new StatsBuffer();
      tally.count('done', 'root', 'A.b', performance.now(), 0.5, 2);
      const batch = nextOf(tally, id);
      await store.stats.add(batch);
      await store.stats.add(batch);
      expect(tally.next(id)).toBe(batch);
      tally.written();
      expect(tally.next(id)).toBeNull();
      tally.count('failed', 'root', 'A.b', performance.now(), 0.5, 2);
      await store.stats.add(nextOf(tally, id));
      expect(await sums(60)).toEqual([{ channel: 'root', name: 'A.b', ...zero, done: 1, failed: 1 }]);
      const { rows } = await client.query<{ wait: number[]; run: number[] }>(
        'SELECT wait, run FROM queue_job_rollup WHERE width = 3600',
      );
      expect(rows[0]?.wait[bucketOf(0.5)]).toBe(2);
      expect(rows[0]?.run[bucketOf(2)]).toBe(2);
    });

    it('add up histograms of different lengths, and of two nodes at once', async () => {
      const nodes = [await PlayedNode.register(store), await PlayedNode.register(store)];
      const names = Array.from({ length: 30 }, (_, at) => `A.b${at}`);
      await Promise.all(
        nodes.map(async ({ id }, at) => {
          const tally = new StatsBuffer();
          for (let round = 0; round < 10; round += 1) {
            for (const name of at === 0 ? names : names.toReversed())
              tally.count('done', 'root', name, performance.now(), 10 ** (round - 5), 10 ** -at);
            for (let batch = tally.next(id); batch !== null; batch = tally.next(id)) {
              await store.stats.add(batch);
              tally.written();
            }
          }
        }),
      );
      expect(await sums(900)).toEqual(
        names.toSorted().map((name) => ({ channel: 'root', name, ...zero, done: 20 })),
      );
      const { rows } = await client.query<{ wait: number[]; run: number[] }>(
        `SELECT wait, run FROM queue_job_rollup WHERE width = 3600 AND name = 'A.b7'`,
      );
      expect(rows[0]?.wait.reduce((sum, n) => sum + n)).toBe(20);
      expect([rows[0]?.run[bucketOf(1)], rows[0]?.run[bucketOf(0.1)]]).toEqual([10, 10]);
    });

    it('tell how many jobs wait, noted once a minute by one of many', async () => {
      const node = await PlayedNode.register(store);
      await insertJobs(client, [
        ...Array.from({ length: 12 }, () => ({ method: 'noop', args: [] }) as const),
        ...Array.from({ length: 5 }, () => ({ method: 'noop', args: [], channel: 'root.mail' }) as const),
        { method: 'noop', args: [], eta: 600 },
      ]);
      await store.channels.ensure(['root.mail']);
      await node.cycle({ slots: 2 });
      const sampled = await Promise.all(Array.from({ length: 3 }, async () => store.stats.sample()));
      expect(sampled.filter(Boolean).length).toBe(1);
      const depths = async (width: number): Promise<unknown[]> =>
        (
          await client.query<{ channel: string; depth: number }>(
            `SELECT channel, depth FROM queue_job_rollup WHERE width = $1 AND name = '' ORDER BY channel`,
            [width],
          )
        ).rows.map(({ channel, depth }) => `${channel}=${depth}`);
      for (const width of [60, 900, 3600])
        expect(await depths(width)).toEqual(['=15', 'root=10', 'root.mail=5']);

      await client.query(`DELETE FROM queue_job WHERE channel = 'root.mail'`);
      await client.query(`DELETE FROM queue_job_rollup WHERE width = 60`);
      expect(await store.stats.sample()).toBe(true);
      expect(await depths(3600)).toEqual(['=10', 'root=10', 'root.mail=0']);
    });

    it('are removed when no chart shows them any more', async () => {
      await client.query(
        `INSERT INTO queue_job_rollup (width, bucket, channel, name)
         SELECT w, now() - a * interval '1 hour', 'root', 'A.b' FROM unnest('{60, 900, 3600}'::int[]) w, unnest('{1, 3, 40, 60, 180, 200}'::int[]) a`,
      );
      await store.stats.sample();
      const { rows } = await client.query<{ left: string }>(
        `SELECT width || ' ' || round(extract(epoch FROM now() - bucket) / 3600) AS left FROM queue_job_rollup WHERE name <> '' ORDER BY width, bucket DESC`,
      );
      expect(rows.map(({ left }) => left)).toEqual([
        '60 1',
        '900 1',
        '900 3',
        '900 40',
        '3600 1',
        '3600 3',
        '3600 40',
        '3600 60',
        '3600 180',
      ]);
    });

    it('have the jobs of a dead node as tried again, or failed', async () => {
      const dead = await PlayedNode.register(store);
      await insertJobs(client, [
        { method: 'noop', args: [] },
        { method: 'noop', args: [], maxRetries: 1 },
      ]);
      const { jobs } = await dead.cycle();
      // That both have begun is known, so their attempts count.
      const started = jobs.map(({ uuid, retry }) => ({ uuid, retry, kind: 'started' as const, started: 1 }));
      await dead.cycle({ slots: 0, ends: started });
      const other = await PlayedNode.register(store);
      await client.query('UPDATE queue_job_node SET backend = 0 WHERE id = $1', [dead.id]);
      await store.nodes.heartbeat(other.id, 0, 15);
      const tries = await store.nodes.rescue(dead.id, 0);
      expect(tries?.map(({ kind }) => kind).toSorted()).toEqual(['failed', 'retried']);
      expect(tries?.every(({ wait, run }) => wait >= 0 && wait < 60 && run >= 0 && run < 60)).toBe(true);
    });
  });
});
