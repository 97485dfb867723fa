import type { Client } from 'pg';
import type { ClaimedJob } from '../../../lib/store/claims/claimed-job.js';
import type { Store } from '../../../lib/store/store.js';
import { fingerprintOf } from '../../../lib/job/fingerprint.js';
import { BUCKETS, bucketOf, percentile } from '../../../lib/common/histogram.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, insertJobs } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

describe('a look at the whole queue', () => {
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

  const noops = (count: number, channel = 'root', priority = 10) =>
    Array.from({ length: count }, () => ({ method: 'noop', args: [], channel, priority }) as const);
  /** Ended jobs, past the library. */
  const ended = async (count: number, state: string): Promise<void> => {
    await client.query(
      `INSERT INTO queue_job_history (uuid, seq, name, description, state, date_done)
       SELECT gen_random_uuid(), i, 'Old.job', 'Old.job', $2, now() FROM generate_series(1, $1) i`,
      [count, state],
    );
  };
  /** Failed jobs, past the library. */
  const failed = async (count: number, name: string, message: string, minutesAgo = 1): Promise<void> => {
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, state, phase, exc_name, exc_message, exc_fingerprint, date_started, exec_time)
       SELECT gen_random_uuid(), $2, $2, 'failed', 4, 'TypeError', replace($3, '%', i::text), $4,
         now() - ($5 + i * 0.0001) * interval '1 minute', 1 FROM generate_series(1, $1) i`,
      [count, name, message, fingerprintOf('TypeError', message.replace('%', '1')), minutesAgo],
    );
  };

  it('counts the jobs of each state', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, [...noops(5), { method: 'noop', args: [], eta: 600 }]);
    const { jobs } = await node.cycle({ slots: 3 });
    const [first, second] = jobs as readonly [ClaimedJob, ClaimedJob];
    await node.cycle({
      slots: 0,
      done: [doneNow(first)],
      ends: [{ uuid: second.uuid, retry: 1, kind: 'started', started: 5 }],
    });
    await failed(2, 'A.b', 'No %');
    await ended(4, 'cancelled');
    expect(await store.overview.counts()).toEqual({
      wait_dependencies: { count: 0, capped: false },
      pending: { count: 3, capped: false },
      enqueued: { count: 1, capped: false },
      started: { count: 1, capped: false },
      done: { count: 1, capped: false },
      failed: { count: 2, capped: false },
      cancelled: { count: 4, capped: false },
    });
  });

  it('counts no further than 10,000, and tells so; of ended jobs it takes an estimate', async () => {
    await client.query(
      `INSERT INTO queue_job (uuid, name, description) SELECT gen_random_uuid(), 'A.b', 'A.b' FROM generate_series(1, 10001)`,
    );
    await ended(12_000, 'done');
    await ended(7, 'cancelled');
    await client.query('ANALYZE queue_job_history');
    const counts = await store.overview.counts();
    expect(counts.pending).toEqual({ count: 10_000, capped: true });
    expect(counts.cancelled).toEqual({ count: 7, capped: false });
    expect(counts.done.capped).toBe(true);
    expect(Math.abs(counts.done.count - 12_000)).toBeLessThan(600);
    await client.query(`DELETE FROM queue_job WHERE uuid = (SELECT uuid FROM queue_job LIMIT 1)`);
    expect((await store.overview.counts()).pending).toEqual({ count: 10_000, capped: false });
  });

  it('reads few pages, however much there is', async () => {
    // What it reads by itself would be counted, too.
    await client.query(
      'ALTER TABLE queue_job SET (autovacuum_enabled = off); ALTER TABLE queue_job_history SET (autovacuum_enabled = off)',
    );
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, channel, priority, phase)
       SELECT gen_random_uuid(), 'A.b', 'A.b', 'root.' || i % 50, i % 3, i % 2 + 1 FROM generate_series(1, 150000) i`,
    );
    await ended(100_000, 'done');
    await failed(20_000, 'A.b', 'No %');
    await client.query('VACUUM ANALYZE');
    const pages = async (table: string): Promise<number> => {
      const { rows } = await client.query<{ count: string }>(
        `SELECT coalesce(heap_blks_read + heap_blks_hit, 0) AS count FROM pg_statio_user_tables WHERE relname = $1`,
        [table],
      );
      return Number(rows[0]?.count);
    };
    const all = Number(
      (await client.query<{ n: string }>(`SELECT relpages AS n FROM pg_class WHERE relname = 'queue_job'`))
        .rows[0]?.n,
    );
    const before = [await pages('queue_job'), await pages('queue_job_history')];
    const look = await store.overview.waiting();
    expect(look.unknown).toEqual(['A.b']);
    await store.overview.counts();
    await store.overview.version();
    await store.database.query('SELECT pg_stat_force_next_flush()');
    // 50 channels × 3 priorities × 20 heads, and what counts read at most: a row each, not the table.
    await eventually(async () => {
      expect((await pages('queue_job')) - (before[0] ?? 0)).toBeLessThan(30_000);
      expect((await pages('queue_job_history')) - (before[1] ?? 0)).toBeLessThan(1_000);
    });
    expect(all).toBeGreaterThan(3_000);
  }, 60_000);

  it('finds the job that has waited longest, also behind one whose eta has just come', async () => {
    await insertJobs(client, [...noops(2, 'root.a'), ...noops(2, 'root.b', 3)]);
    const [early, oldest] = (
      await client.query<{ uuid: string }>(`SELECT uuid FROM queue_job WHERE channel = 'root.b' ORDER BY seq`)
    ).rows;
    await client.query(
      `UPDATE queue_job SET date_created = now() - interval '2 hours', eta = now() WHERE uuid = $1`,
      [early?.uuid],
    );
    await client.query(`UPDATE queue_job SET date_created = now() - interval '1 hour' WHERE uuid = $1`, [
      oldest?.uuid,
    ]);
    const look = await store.overview.waiting();
    expect(look.uuid).toBe(oldest?.uuid);
    expect(look.seconds).toBeGreaterThan(3_599);
    expect(look.seconds).toBeLessThan(3_700);
  });

  it('names the jobs that no living node knows', async () => {
    await insertJobs(client, noops(3));
    expect(await store.overview.waiting()).toMatchObject({ unknown: ['Recorder.noop'] });
    const { id } = await store.nodes.register({
      name: 'a',
      listens: true,
      concurrency: 1,
      lease: 15,
      names: ['Recorder.noop'],
    });
    expect((await store.overview.waiting()).unknown).toEqual([]);
    await client.query('UPDATE queue_job_node SET alive = false WHERE id = $1', [id]);
    expect((await store.overview.waiting()).unknown).toEqual(['Recorder.noop']);
    await client.query('DELETE FROM queue_job');
    expect(await store.overview.waiting()).toEqual({ uuid: null, seconds: null, unknown: [], unserved: [] });
  });

  it('has another version after each change', async () => {
    const node = await PlayedNode.register(store);
    const seen = new Set<string>();
    const changed = async (): Promise<void> => {
      await eventually(async () => {
        const version = await store.overview.version();
        expect(seen.has(version)).toBe(false);
        seen.add(version);
      }, 15_000);
    };
    await changed();
    await insertJobs(client, noops(2));
    await changed();
    const { jobs } = await node.cycle({ slots: 2 });
    await changed();
    const [first, second] = jobs as readonly [ClaimedJob, ClaimedJob];
    await node.cycle({ slots: 0, done: [doneNow(first)] });
    await changed();
    await node.cycle({
      slots: 0,
      ends: [{ uuid: second.uuid, retry: 1, kind: 'failed', started: 1, ended: 0, name: 'E', message: 'm' }],
    });
    await changed();
    await store.jobs.requeue([second.uuid]);
    await changed();
  }, 60_000);

  it('tells how many jobs of each name wait, run and have failed in each channel', async () => {
    const node = await PlayedNode.register(store);
    await insertJobs(client, [...noops(3), ...noops(2, 'root.mail'), { method: 'noop', args: [], eta: 60 }]);
    await store.channels.ensure(['root.mail']);
    await node.cycle({ slots: 2 });
    await failed(2, 'A.b', 'No %');
    const of = (await store.overview.breakdown()).toSorted((a, b) =>
      `${a.channel} ${a.name}` < `${b.channel} ${b.name}` ? -1 : 1,
    );
    expect(of).toEqual([
      { channel: 'root', name: 'A.b', waiting: 0, running: 0, failed: 2 },
      { channel: 'root', name: 'Recorder.noop', waiting: 2, running: 2, failed: 0 },
      { channel: 'root.mail', name: 'Recorder.noop', waiting: 2, running: 0, failed: 0 },
    ]);
    expect(await store.channels.list()).toEqual([
      expect.objectContaining({ name: 'root', running: 2, waiting: 4, failed: 2 }),
      expect.objectContaining({ name: 'root.mail', running: 0, waiting: 2, failed: 0 }),
    ]);
  });

  describe('groups failures by name and kind of error', () => {
    it('with when they came, how often in each hour, and some of their jobs', async () => {
      await failed(3, 'A.b', 'Order % has no lines', 90);
      await failed(2, 'A.b', 'No partner %', 5);
      await failed(1, 'C.d', 'Order % has no lines', 40);
      const fingerprint = fingerprintOf('TypeError', 'Order 1 has no lines');
      await client.query(
        `INSERT INTO queue_job_attempt (job_uuid, name, retry, exc_fingerprint, date_ended)
         SELECT gen_random_uuid(), 'A.b', 1, $1, now() - h * interval '1 hour' FROM unnest('{0.1, 0.2, 1.5, 23.5, 25}'::float8[]) h`,
        [fingerprint],
      );
      const groups = await store.failures.groups();
      expect(groups.map(({ name, count, excMessage }) => ({ name, count, excMessage }))).toEqual([
        { name: 'A.b', count: 2, excMessage: 'No partner 1' },
        // (An attempt of a job that was requeued since counts as well: six minutes ago.)
        { name: 'A.b', count: 3, excMessage: 'Order 1 has no lines' },
        { name: 'C.d', count: 1, excMessage: 'Order 1 has no lines' },
      ]);
      const last = groups[1];
      expect(last?.fingerprint).toBe(fingerprint);
      expect(last?.excName).toBe('TypeError');
      expect(last?.jobs.length).toBe(3);
      expect(last?.spark).toEqual([1, ...Array.from({ length: 21 }, () => 0), 1, 2]);
      const [first = new Date(), seen = new Date()] = [last?.firstSeen, last?.lastSeen];
      expect(first < seen).toBe(true);
      expect(Math.abs(Date.now() - seen.getTime() - 6 * 60_000)).toBeLessThan(60_000);
    });

    it('over an index of the failed alone, where 100,000 have failed', async () => {
      for (let kind = 0; kind < 20; kind += 1)
        await failed(5_000, `A.b${kind % 5}`, `No ${'x'.repeat(kind)} %`, kind + 1);
      await client.query('VACUUM ANALYZE queue_job');
      const groups = await store.failures.groups();
      expect(groups.map(({ count }) => count)).toEqual(Array.from({ length: 20 }, () => 5_000));
      // A statement that was under way keeps pages from being all visible, which the index alone needs.
      await eventually(async () => {
        await client.query('VACUUM ANALYZE queue_job');
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN SELECT name, exc_fingerprint, count(*), max(date_started) FROM queue_job WHERE phase = 4 GROUP BY 1, 2`,
        );
        expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('queue_job_failure');
      });
    }, 60_000);

    it('with the fingerprint of the library, and clears it when they are requeued', async () => {
      const node = await PlayedNode.register(store);
      await insertJobs(client, noops(1));
      const [job] = (await node.cycle()).jobs as readonly [ClaimedJob];
      await node.cycle({
        slots: 0,
        ends: [
          {
            uuid: job.uuid,
            retry: 1,
            kind: 'failed',
            started: 1,
            ended: 0,
            name: 'E',
            message: 'm',
            info: 's',
            fingerprint: 'abcd',
          },
        ],
      });
      expect((await store.failures.groups())[0]).toMatchObject({
        fingerprint: 'abcd',
        spark: [...Array.from({ length: 23 }, () => 0), 1],
      });
      await store.jobs.requeue([job.uuid]);
      expect(await store.failures.groups()).toEqual([]);
      const { rows } = await client.query('SELECT exc_fingerprint FROM queue_job');
      expect(rows).toEqual([{ exc_fingerprint: null }]);
    });
  });

  describe('draws charts', () => {
    const histogramOf = (...seconds: number[]): number[] => {
      const counts = Array.from({ length: BUCKETS }, () => 0);
      for (const one of seconds) counts[bucketOf(one)] = (counts[bucketOf(one)] ?? 0) + 1;
      return counts;
    };

    it('of points of equal distance, by channel and by name, with percentiles and depth', async () => {
      const rows: [string, string, number, number[]][] = [
        ['root.mail', 'A.b', 0, [1, 1, 1, 100]],
        ['root.mail.fast', 'A.c', 0, [10]],
        ['root.mailing', 'A.b', 0, [10]],
        ['root.mail', 'A.b', 3, [2]],
        ['root.mail', 'A.b', 61, [2]],
      ];
      for (const [channel, name, minutes, times] of rows) {
        await client.query(
          `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, retried, wait, run)
           VALUES (60, date_bin('1 minute', now(), to_timestamp(0)) - $3 * interval '1 minute', $1, $2, $4, 1, $5, $5)`,
          [channel, name, minutes, times.length, histogramOf(...times)],
        );
      }
      await client.query(
        `INSERT INTO queue_job_rollup (width, bucket, channel, name, depth)
         SELECT 60, date_bin('1 minute', now(), to_timestamp(0)) - interval '3 minutes', c, '', d
         FROM (VALUES ('', 50), ('root.mail', 7), ('root.mail.fast', 2), ('root.mailing', 9)) v (c, d)`,
      );
      const range = { width: 60, points: 60 } as const;
      const all = await store.metrics.points(range, {});
      expect(all.length).toBe(60);
      expect(new Set(all.slice(1).map(({ time }, at) => time - (all[at]?.time ?? 0)))).toEqual(new Set([60]));
      expect(all.at(-1)).toMatchObject({ done: 6, failed: 0, retried: 3, depth: null });
      expect(all.at(-4)).toMatchObject({ done: 1, depth: 50 });
      expect(all.reduce((sum, { done }) => sum + done, 0)).toBe(7);
      const mail = await store.metrics.points(range, { channel: 'root.mail' });
      expect(mail.at(-1)).toMatchObject({ done: 5 });
      expect(mail.at(-4)).toMatchObject({ done: 1, depth: 9 });
      expect(percentile(mail.at(-1)?.run ?? [], 0.5)).toBeCloseTo(1, 0);
      expect(Math.abs((percentile(mail.at(-1)?.wait ?? [], 0.99) ?? 0) - 100)).toBeLessThan(12);
      const named = await store.metrics.points(range, { name: 'A.c' });
      expect(named.map(({ done }) => done).filter(Boolean)).toEqual([1]);
      expect(named.at(-4)?.depth).toBeNull();
    });

    it('of a day by job function', async () => {
      await client.query(
        `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, failed, retried, run)
         SELECT 900, now() - h * interval '1 hour', 'root', 'A.b', 3, 1, 2, $1 FROM unnest('{1, 20, 30}'::int[]) h`,
        [histogramOf(4, 4)],
      );
      const sums = (await store.metrics.byFunction()).get('A.b');
      expect(sums).toMatchObject({ ended: 8, failedTries: 6 });
      expect(sums?.run[bucketOf(4)]).toBe(4);
    });
  });
});
