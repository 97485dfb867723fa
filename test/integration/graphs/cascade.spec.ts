import { chain, currentJob, group, type JobState, type QueueJob } from '../../../lib/index.js';
import { START_OF_HISTORY } from '../../../lib/store/jobs/history-store.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { builder, Steps } from '../../support/steps.js';

describe('what waits for a job', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let steps: Steps;
  let build: ReturnType<typeof builder>;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { channels: 'closed:1:paused', runner: { pollInterval: '1h' } };
    test = await startApplication({ url: database.url, providers: [Steps], options, logger: false });
    steps = test.get(Steps);
    build = builder(test.queue);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => {
    steps.ran = [];
    steps.works.clear();
  });

  type Named = Record<string, QueueJob>;
  const closed = { channel: 'closed' };
  const named = (jobs: readonly QueueJob[]): Named =>
    Object.fromEntries(jobs.map((job) => [job.description, job]));
  const uuid = (jobs: Named, label: string): string => (jobs[label] as QueueJob).uuid;
  const find = async (jobs: Named, label: string): Promise<QueueJob> =>
    (await test.queue.find(uuid(jobs, label))) as QueueJob;
  const states = async (jobs: Named): Promise<Record<string, JobState>> =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(jobs).map(async (label) => [label, (await find(jobs, label)).state] as const),
      ),
    );
  const reach = async (jobs: Named, expected: Record<string, JobState>): Promise<void> =>
    eventually(async () => expect(await states(jobs)).toMatchObject(expected));
  const waitingFor = async (jobs: Named, label: string): Promise<string[]> =>
    (await test.queue.waitingFor(uuid(jobs, label))).map(({ description }) => description);
  /** a and b beside each other, then c: nothing runs by itself. */
  const pair = async (): Promise<Named> =>
    named(await chain(group(build.run('a', closed), build.run('b', closed)), build.run('c', closed)).delay());
  const fails = (label: string): void => {
    steps.works.set(label, () => {
      throw new Error('no');
    });
  };

  describe('that failed', () => {
    it('waits, says for whom, and runs once that one was requeued and is done', async () => {
      fails('a');
      const jobs = named(
        await chain(group(build.run('a'), build.run('b')), build.run('c'), build.run('d')).delay(),
      );
      await reach(jobs, { a: 'failed', b: 'done', c: 'wait_dependencies', d: 'wait_dependencies' });
      expect(await waitingFor(jobs, 'c')).toEqual(['a']);
      expect((await test.queue.waitingFor(uuid(jobs, 'c')))[0]).toMatchObject({
        state: 'failed',
        excMessage: 'no',
      });
      expect(await waitingFor(jobs, 'd')).toEqual(['c']);
      steps.works.clear();
      await test.queue.requeue(uuid(jobs, 'a'));
      await reach(jobs, { a: 'done', b: 'done', c: 'done', d: 'done' });
      expect(steps.ran.slice(-3)).toEqual(['a', 'c', 'd']);
    });

    it('is cancelled with it, though another parent is done', async () => {
      fails('a');
      const jobs = named(
        await chain(group(build.run('a'), build.run('b')), build.run('c'), build.run('d')).delay(),
      );
      await reach(jobs, { a: 'failed', b: 'done' });
      await test.queue.cancel(uuid(jobs, 'a'), { by: 'Ada' });
      expect(await states(jobs)).toEqual({ a: 'cancelled', b: 'done', c: 'cancelled', d: 'cancelled' });
    });
  });

  describe('that is cancelled', () => {
    it('is cancelled too, down the graph, and with the same result', async () => {
      const { a, b, c, d, e } = build.named(['a', 'b', 'c', 'd', 'e'], closed);
      const jobs = named(await chain(a, group(b, chain(c, d)), e).delay());
      await test.queue.cancel(uuid(jobs, 'a'), { by: 'Ada' });
      for (const label of Object.keys(jobs))
        expect(await find(jobs, label)).toMatchObject({ state: 'cancelled', result: 'Cancelled by Ada' });
    });

    it('is left where it has a parent that lives, until that one is cancelled as well', async () => {
      const jobs = await pair();
      await test.queue.cancel(uuid(jobs, 'a'));
      expect(await states(jobs)).toEqual({ a: 'cancelled', b: 'pending', c: 'wait_dependencies' });
      expect(await waitingFor(jobs, 'c')).toEqual(['a', 'b']);
      await test.queue.cancel(uuid(jobs, 'b'));
      expect((await find(jobs, 'c')).state).toBe('cancelled');
    });

    it.each([
      ['before', ['b', 'a']],
      ['after', ['a', 'b']],
    ] as const)('is cancelled where its other parents are done, %s it', async (_, order) => {
      const jobs = named(
        await chain(
          group(build.run('a', closed), build.run('b', closed)),
          build.run('c'),
          build.run('d'),
        ).delay(),
      );
      for (const label of order) {
        if (label === 'a') await test.queue.cancel(uuid(jobs, 'a'));
        else await test.queue.setDone(uuid(jobs, 'b'));
      }
      expect(await states(jobs)).toEqual({ a: 'cancelled', b: 'done', c: 'cancelled', d: 'cancelled' });
      expect(steps.ran).toEqual([]);
    });

    it('is cancelled when the method of a parent that was asked to end has ended', async () => {
      steps.works.set('a', async () => {
        const { signal } = currentJob();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      });
      const jobs = named(await chain(build.run('a'), build.run('b'), build.run('c')).delay());
      await reach(jobs, { a: 'started' });
      await test.queue.cancel(uuid(jobs, 'a'), { by: 'Ada' });
      await reach(jobs, { a: 'cancelled', b: 'cancelled', c: 'cancelled' });
      expect((await find(jobs, 'c')).result).toBe('Cancelled with its parents');
    });

    it('is cancelled by the end of a parent that runs, where the others are cancelled', async () => {
      const gate = new Gate();
      steps.works.set('b', () => gate.opened);
      const jobs = named(
        await chain(group(build.run('a', closed), build.whole('b')), build.run('c'), build.run('d')).delay(),
      );
      await reach(jobs, { b: 'started' });
      await test.queue.cancel(uuid(jobs, 'a'));
      expect((await find(jobs, 'c')).state).toBe('wait_dependencies');
      gate.open();
      await reach(jobs, { b: 'done', c: 'cancelled', d: 'cancelled' });
    });

    it('runs where that one is requeued and done', async () => {
      const jobs = await pair();
      await test.queue.cancel(uuid(jobs, 'a'));
      await test.queue.requeue(uuid(jobs, 'a'));
      await test.queue.setDone(uuid(jobs, 'b'));
      expect(await states(jobs)).toEqual({ a: 'pending', b: 'done', c: 'wait_dependencies' });
      await test.queue.setDone(uuid(jobs, 'a'));
      expect((await find(jobs, 'c')).state).toBe('pending');
    });

    it('is released where that one is set done after all', async () => {
      const jobs = await pair();
      await test.queue.cancel(uuid(jobs, 'a'));
      await test.queue.setDone(uuid(jobs, 'a'));
      await test.queue.setDone(uuid(jobs, 'b'));
      expect((await find(jobs, 'c')).state).toBe('pending');
    });

    it('may be a chain of 3,000', async () => {
      const jobs = await chain(...Array.from({ length: 3_000 }, () => build.run('x', closed))).delay();
      await test.queue.cancel((jobs[0] as QueueJob).uuid);
      const list = await test.queue.list({
        graphUuid: jobs[0]?.graphUuid as string,
        state: 'cancelled',
        limit: 1,
      });
      expect(list[0]?.uuid).toBe(jobs.at(-1)?.uuid);
    });
  });

  it('is released where that one is set done by hand', async () => {
    const jobs = named(await chain(build.run('a', closed), build.collect('b')).delay());
    await test.queue.setDone(uuid(jobs, 'a'), { by: 'Ada' });
    await expect(test.queue.finished(uuid(jobs, 'b'), { timeout: 5_000 })).resolves.toEqual([
      'b',
      'Manually set to done by Ada',
    ]);
  });

  describe('that is requeued when it was done', () => {
    it('waits anew where it waits for others, or has not begun', async () => {
      const { a, b, waits, ready, later } = build.named(['a', 'b', 'waits', 'ready', 'later'], closed);
      const eta = build.run('eta', { eta: '1h' });
      a.onDone(waits, ready, eta);
      b.onDone(waits);
      ready.onDone(later);
      const jobs = named(await group(a, b).delay());
      await test.queue.setDone(uuid(jobs, 'a'));
      expect(await states(jobs)).toMatchObject({
        waits: 'wait_dependencies',
        ready: 'pending',
        eta: 'pending',
      });
      await test.queue.requeue(uuid(jobs, 'a'));
      expect(await states(jobs)).toMatchObject({
        a: 'pending',
        waits: 'wait_dependencies',
        ready: 'wait_dependencies',
        eta: 'wait_dependencies',
      });
      expect(await waitingFor(jobs, 'waits')).toEqual(['a', 'b']);
      await test.queue.setDone(uuid(jobs, 'b'));
      expect((await find(jobs, 'waits')).state).toBe('wait_dependencies');
      await test.queue.setDone(uuid(jobs, 'a'));
      expect(await states(jobs)).toMatchObject({ waits: 'pending', ready: 'pending', eta: 'pending' });
      expect((await find(jobs, 'eta')).eta).toEqual(jobs['eta']?.eta);
    });

    it('is not stopped where it runs or has ended, but waits where it is requeued itself', async () => {
      const gate = new Gate();
      steps.works.set('b', () => gate.opened);
      fails('c');
      const after = group(build.run('b'), build.run('c'), build.run('d'));
      const jobs = named(await chain(build.run('a', closed), after).delay());
      await test.queue.setDone(uuid(jobs, 'a'));
      await reach(jobs, { b: 'started', c: 'failed', d: 'done' });
      await test.queue.requeue(uuid(jobs, 'a'));
      expect(await states(jobs)).toEqual({ a: 'pending', b: 'started', c: 'failed', d: 'done' });
      gate.open();
      await reach(jobs, { b: 'done' });
      steps.works.clear();
      for (const label of ['b', 'c', 'd']) {
        expect(await test.queue.requeue(uuid(jobs, label))).toMatchObject({
          state: 'wait_dependencies',
          retry: 0,
        });
      }
      await test.queue.setDone(uuid(jobs, 'a'));
      await reach(jobs, { b: 'done', c: 'done', d: 'done' });
    });
  });

  it('waits where it is requeued while its parent is cancelled', async () => {
    const jobs = named(await chain(build.run('a', closed), build.run('b', closed)).delay());
    await test.queue.cancel(uuid(jobs, 'a'));
    expect((await test.queue.requeue(uuid(jobs, 'b'))).state).toBe('wait_dependencies');
    expect(await waitingFor(jobs, 'b')).toEqual(['a']);
    await test.queue.setDone(uuid(jobs, 'a'));
    expect((await find(jobs, 'b')).state).toBe('pending');
  });

  describe('that was removed', () => {
    const removeEnded = async (): Promise<void> => {
      while ((await test.get(Store).history.prune(-1_000, -1_000, START_OF_HISTORY, 1_000)).count > 0);
    };

    it('after it was done counts as done', async () => {
      const jobs = await pair();
      await test.queue.setDone(uuid(jobs, 'a'));
      await removeEnded();
      expect(await test.queue.find(uuid(jobs, 'a'))).toBeNull();
      expect(await waitingFor(jobs, 'c')).toEqual(['b']);
      await test.queue.setDone(uuid(jobs, 'b'));
      expect((await find(jobs, 'c')).state).toBe('pending');
    });

    it('after it was cancelled counts as cancelled', async () => {
      const jobs = await pair();
      await test.queue.cancel(uuid(jobs, 'a'));
      await removeEnded();
      expect((await find(jobs, 'c')).state).toBe('wait_dependencies');
      await test.queue.setDone(uuid(jobs, 'b'));
      expect((await find(jobs, 'c')).state).toBe('cancelled');
    });

    it('by hand before it was done counts as cancelled', async () => {
      const jobs = await pair();
      await test.dataSource.query('DELETE FROM queue_job WHERE uuid = $1', [uuid(jobs, 'a')]);
      expect(await waitingFor(jobs, 'c')).toEqual(['b']);
      await test.queue.setDone(uuid(jobs, 'b'));
      expect((await find(jobs, 'c')).state).toBe('cancelled');
    });

    it('leaves no dependency behind when both are gone', async () => {
      const jobs = await pair();
      await test.queue.cancel(uuid(jobs, 'a'));
      await test.queue.cancel(uuid(jobs, 'b'));
      await removeEnded();
      const left = (await test.dataSource.query('SELECT 1 FROM queue_job_dependency WHERE child = $1', [
        uuid(jobs, 'c'),
      ])) as unknown[];
      expect(left).toEqual([]);
    });
  });
});
