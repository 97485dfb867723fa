import { chain, type DelayableJob, group, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { builder, Steps } from '../../support/steps.js';

describe('identity keys in a graph', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { channels: 'closed:1:paused', defaults: { channel: 'closed' } };
    test = await startApplication({ url: database.url, providers: [Steps], options, logger: false });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const freshKey = (): string => `key-${++number}`;
  const keyed = (label: string, identityKey?: string): DelayableJob =>
    builder(test.queue).run(label, { identityKey });
  const stored = async (): Promise<number> =>
    Object.values(await test.queue.counts()).reduce((sum, count) => sum + count, 0);
  const uuids = (jobs: readonly QueueJob[]): string[] => jobs.map(({ uuid }) => uuid);
  const holder = async (key: string): Promise<string | undefined> =>
    (await test.queue.findByIdentityKey(key))?.uuid;
  const dependencies = async (): Promise<number> => {
    const [{ count }] = (await test.dataSource.query(
      'SELECT count(*)::int AS count FROM queue_job_dependency',
    )) as [{ count: number }];
    return count;
  };

  it('store nothing where all keyed jobs have a waiting twin, and the twins are returned', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const [a, , c] = await chain(keyed('a', k), keyed('b'), keyed('c', l)).delay();
    const twins = [a?.uuid, c?.uuid];
    const before = [await stored(), await dependencies()];
    const again = await chain(keyed('a', k), keyed('x'), group(keyed('c', l), keyed('y'))).delay();
    expect(uuids(again)).toEqual(twins);
    expect(again.map(({ deduplicated }) => deduplicated)).toEqual([true, true]);
    expect([await stored(), await dependencies()]).toEqual(before);
  });

  it('resolve delay() of a member to its twin, or to the first one where it has no key', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const [a, b] = await group(keyed('a', k), keyed('b', l)).delay();
    const member = async (at: number): Promise<QueueJob> => {
      const members = [keyed('a', k), keyed('b', l), keyed('c')] as const;
      group(...members);
      return (members[at] as DelayableJob).delay();
    };
    expect(await member(1)).toMatchObject({ uuid: b?.uuid, deduplicated: true });
    expect(await member(2)).toMatchObject({ uuid: a?.uuid, deduplicated: true });
  });

  it('store all of it where one keyed job has no twin, those with a twin without their key', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const first = await keyed('a', k).delay();
    const before = await stored();
    const jobs = await chain(keyed('a', k), keyed('b'), keyed('c', l)).delay();
    expect(await stored()).toBe(before + 3);
    expect(jobs.map((job) => [job.identityKey, job.deduplicated, job.seq - (jobs[0]?.seq ?? 0)])).toEqual([
      [k, false, 0],
      [null, false, 1],
      [l, false, 2],
    ]);
    expect(await holder(k)).toBe(first.uuid);
    expect(await holder(l)).toBe(jobs[2]?.uuid);
  });

  it('count for jobs that wait for their parents', async () => {
    const key = freshKey();
    const [, b] = await chain(keyed('a'), keyed('b', key)).delay();
    expect(await keyed('c', key).delay()).toMatchObject({ uuid: b?.uuid, state: 'wait_dependencies' });
  });

  it('are seen within one call, and in the transaction of the caller', async () => {
    const key = freshKey();
    await test.dataSource.transaction(async (manager) => {
      const jobs = await test.queue.delayAll(
        [chain(keyed('a'), keyed('b', key)), chain(keyed('c'), keyed('d', key)), keyed('e', key)],
        { manager },
      );
      expect(jobs.map(({ description }) => description)).toEqual(['a', 'b', 'b', 'b']);
      const [twin] = await chain(keyed('f', key), keyed('g')).delay({ manager });
      expect(twin?.uuid).toBe(jobs[1]?.uuid);
      expect(
        (await manager.query('SELECT 1 FROM queue_job WHERE uuid = ANY($1)', [uuids(jobs)])).length,
      ).toBe(2);
    });
  });

  /** Runs `work` while another transaction has stored a job with the key, and commits when `work` waits for it. */
  const against = async <T>(
    key: string,
    commits: boolean,
    work: () => Promise<T>,
  ): Promise<[T, QueueJob]> => {
    const runner = test.dataSource.createQueryRunner();
    await runner.startTransaction();
    const twin = await keyed('twin', key).delay({ manager: runner.manager });
    const [holding] = (await runner.query('SELECT pg_backend_pid() AS pid')) as { pid: number }[];
    const working = work();
    await eventually(async () => {
      const waiting = (await test.dataSource.query(
        'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
        [holding?.pid],
      )) as unknown[];
      expect(waiting.length).toBe(1);
    });
    if (commits) await runner.commitTransaction();
    else await runner.rollbackTransaction();
    await runner.release();
    return [await working, twin];
  };

  it('take back what was stored where a twin slips in at the same moment', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const other = await keyed('l', l).delay();
    const before = [await stored(), await dependencies()];
    const [jobs, twin] = await against(k, true, async () =>
      chain(keyed('a'), keyed('b', k), keyed('c', l)).delay(),
    );
    expect(uuids(jobs).toSorted()).toEqual([twin.uuid, other.uuid].toSorted());
    expect(jobs.every(({ deduplicated }) => deduplicated)).toBe(true);
    expect([await stored(), await dependencies()]).toEqual([(before[0] as number) + 1, before[1]]);
  });

  it('let a job go in without its key where a twin slips in, and another keyed job has none', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const before = await stored();
    const [jobs, twin] = await against(k, true, async () =>
      chain(keyed('a'), keyed('b', k), keyed('c', l)).delay(),
    );
    // The one without a key is stored later than the others, or all are stored once more: that depends on how long it
    // took until the twin was there.
    const [a, b, c] = ['a', 'b', 'c'].map((label) => jobs.find(({ description }) => description === label));
    expect([a, b, c].map((job) => job?.deduplicated)).toEqual([false, false, false]);
    expect(await stored()).toBe(before + 4);
    expect([await holder(k), await holder(l)]).toEqual([twin.uuid, c?.uuid]);
    expect(uuids(await test.queue.waitingFor(c?.uuid as string))).toEqual([b?.uuid]);
  });

  it('are taken where the transaction that had one at the same moment is rolled back', async () => {
    const key = freshKey();
    const [jobs] = await against(key, false, async () => chain(keyed('a'), keyed('b', key)).delay());
    expect(await holder(key)).toBe(jobs[1]?.uuid);
  });

  it('are not read from an old snapshot: a job that has begun since is no twin', async () => {
    const key = freshKey();
    const first = await keyed('a', key).delay();
    const runner = test.dataSource.createQueryRunner();
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SELECT 1 FROM queue_job LIMIT 1');
    // As a claim does.
    await test.dataSource.query(
      `UPDATE queue_job SET state = 'enqueued', identity_lock = NULL WHERE uuid = $1`,
      [first.uuid],
    );
    const jobs = await chain(keyed('b', key), keyed('c')).delay({ manager: runner.manager });
    await runner.commitTransaction();
    await runner.release();
    expect(jobs.map(({ description }) => description)).toEqual(['b', 'c']);
    expect(await holder(key)).toBe(jobs[0]?.uuid);
  });

  it('leave one graph of fifty that are stored at once', async () => {
    const [k, l] = [freshKey(), freshKey()];
    const before = await stored();
    const all = await Promise.all(
      Array.from({ length: 50 }, async () => group(keyed('a', k), keyed('b', l), keyed('c')).delay()),
    );
    expect(new Set(all.map((jobs) => uuids(jobs.slice(0, 2)).join())).size).toBe(1);
    expect(await stored()).toBe(before + 3);
  });
});
