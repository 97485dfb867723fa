import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { type Batch, BatchService, Job, type QueueJob, QueueService } from '../../../lib/index.js';
import { START_OF_HISTORY } from '../../../lib/store/jobs/history-store.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Closing {
  readonly broken = new Set<string>();
  readonly told: string[] = [];

  constructor(private readonly batches: BatchService) {}

  @Job()
  async part(label: string): Promise<string> {
    if (this.broken.has(label)) throw new Error(`${label} is broken`);
    return Promise.resolve(label);
  }

  @Job()
  async report(label: string, uuid: string): Promise<string> {
    const { name, counts, completeness } = await ((await this.batches.find(uuid)) as Batch).progress();
    this.told.push(label);
    return `${label}: ${name}, ${counts.done} done, ${counts.failed} failed, ${completeness}`;
  }
}

describe('the callbacks of a batch', () => {
  const tenant = new AsyncLocalStorage<string>();
  let database: TestDatabase;
  let test: TestApplication;
  let queue: QueueService;
  let batches: BatchService;
  let closing: Closing;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Closing],
      logger: false,
      options: {
        userId: () => 'ada',
        context: {
          capture: () => tenant.getStore(),
          run: (context: string, work) => tenant.run(context, work),
        },
      },
    });
    ({ queue, batches } = test);
    closing = test.get(Closing);
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const parts = (...labels: string[]) => labels.map((label) => queue.delayable(Closing).part(label));
  const reports = (options = {}) => {
    const of =
      (label: string) =>
      ({ uuid }: { uuid: string }) =>
        queue.delayable(Closing, options).report(label, uuid);
    return {
      onDone: of('done'),
      onSuccess: of('success'),
      onFailure: of('failure'),
    };
  };
  const callbackJobs = async (): Promise<QueueJob[]> =>
    (await queue.list({ name: 'Closing.report' })).toReversed();
  /** The results of all callbacks when none is left to run. */
  const results = async (): Promise<string[]> =>
    eventually(async () => {
      const jobs = await callbackJobs();
      expect(jobs.every(({ state }) => state === 'done')).toBe(true);
      return jobs.map(({ result }) => String(result)).toSorted((a, b) => a.localeCompare(b));
    });

  it('see the batch as it was when they became due, or later', async () => {
    closing.broken.add('b');
    const batch = await batches.create('May', { ...reports(), jobs: parts('a', 'b', 'c') });
    await batch.finished({ timeout: 5_000 });
    const [done, failure] = await results();
    expect(done).toBe('done: May, 2 done, 1 failed, 1');
    expect(failure).toMatch(/^failure: May, [0-2] done, 1 failed/);
  });

  it('are jobs like any other: with priority, channel, user and context of the call', async () => {
    await tenant.run('acme', async () => {
      await batches.create('May', {
        ...reports({ priority: 3, channel: 'root.reports', eta: '1h' }),
        jobs: [],
      });
    });
    const jobs = await callbackJobs();
    expect(jobs.length).toBe(2);
    for (const job of jobs) {
      expect(job).toMatchObject({
        state: 'pending',
        priority: 3,
        channel: 'root.reports',
        userId: 'ada',
        context: 'acme',
        batchUuid: null,
        graphUuid: null,
      });
      expect(job.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
      // From the moment when it became due.
      expect(Math.abs((job.eta?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    }
  });

  it('keep their order of creation among other jobs', async () => {
    const before = await queue.withDelay(Closing, { eta: '1h' }).part('before');
    await batches.create('May', { ...reports({ eta: '1h' }), jobs: [] });
    const after = await queue.withDelay(Closing, { eta: '1h' }).part('after');
    const [newest, ...older] = await queue.list();
    expect([newest?.uuid, older.at(-1)?.uuid]).toEqual([after.uuid, before.uuid]);
  });

  it('are never swallowed by their identity key: one takes it where it is free', async () => {
    for (const name of ['one', 'two'])
      await batches.create(name, { onDone: reports({ identityKey: 'report', eta: '1h' }).onDone, jobs: [] });
    const [first, second] = await callbackJobs();
    expect([first?.identityKey, second?.identityKey]).toEqual(['report', 'report']);
    expect((await queue.findByIdentityKey('report'))?.uuid).toBe(first?.uuid);
  });

  it('come again, each once, where a member is requeued and ends again', async () => {
    closing.broken.add('b').add('c');
    const batch = await batches.create('May', { ...reports(), jobs: parts('a', 'b', 'c') });
    await batch.finished({ timeout: 5_000 });
    await results();
    expect(closing.told.toSorted()).toEqual(['done', 'failure']);

    const failed = await queue.list({ batchUuid: batch.uuid, state: 'failed' });
    closing.broken.delete('b');
    const b = failed.find(({ args }) => args[0] === 'b') as QueueJob;
    await queue.requeue(b.uuid);
    await batch.finished({ timeout: 5_000 });
    await results();
    // The other one is still failed.
    expect(closing.told.toSorted()).toEqual(['done', 'done', 'failure']);

    const c = failed.find(({ args }) => args[0] === 'c') as QueueJob;
    await queue.requeue(c.uuid);
    await eventually(async () => expect((await queue.find(c.uuid))?.state).toBe('failed'));
    await batch.finished({ timeout: 5_000 });
    await results();
    expect(closing.told.toSorted()).toEqual(['done', 'done', 'done', 'failure', 'failure']);

    // All are done now, though nothing was opened again.
    await queue.setDone(c.uuid);
    await results();
    expect(closing.told.toSorted()).toEqual(['done', 'done', 'done', 'failure', 'failure', 'success']);
  });

  it('tell of progress at each step once, and of several steps at once once', async () => {
    const count = async (): Promise<number> => (await queue.list({ name: 'Closing.report' })).length;
    const later = queue.delayable(Closing, { eta: '1h' });
    const batch = await batches.create('May', {
      onProgress: ({ uuid }) => queue.delayable(Closing, { eta: '1h' }).report('progress', uuid),
      progressStep: 25,
    });
    const jobs = await batch.add(Array.from({ length: 8 }, (_, at) => later.part(String(at))));
    const end = async (...at: number[]): Promise<void> => {
      await test.get(Store).jobs.setDone(at.map((one) => jobs[one]?.uuid as string), 'a test'); // prettier-ignore
    };
    await end(0);
    expect(await count()).toBe(0);
    await batch.close(); // 1 of 8
    expect(await count()).toBe(0);
    await end(1); // 2 of 8
    expect(await count()).toBe(1);
    await end(2, 3, 4, 5, 6); // 7 of 8: 50 and 75 percent
    expect(await count()).toBe(2);
    // Requeued, it runs at once, and is done a second time.
    await queue.requeue(jobs[6]?.uuid as string);
    await eventually(async () => expect((await queue.find(jobs[6]?.uuid as string))?.state).toBe('done'));
    expect(await count()).toBe(2);
    await end(7);
    expect(await count()).toBe(3);
  });

  it('of a batch whose members were removed long after their end still have the right counts', async () => {
    const batch = await batches.create('May', reports());
    const [a] = await batch.add(parts('a', 'b'));
    await eventually(async () => expect((await batch.progress()).counts.done).toBe(2));
    const { history: ended, batches: stored } = test.get(Store);
    await ended.prune(-1_000, -1_000, START_OF_HISTORY, 1_000);
    expect(await queue.find(a?.uuid as string)).toBeNull();
    expect(await batch.progress()).toMatchObject({ total: 2, counts: { done: 2 }, completeness: 1 });
    await queue.cancel(
      (await batch.add(queue.delayable(Closing, { eta: '1h' }).part('c')))[0]?.uuid as string,
    );
    await ended.prune(-1_000, -1_000, START_OF_HISTORY, 1_000);
    await stored.prune(-1_000);
    await batch.close();
    expect(await results()).toEqual(['done: May, 2 done, 0 failed, 1']);
    await ended.prune(-1_000, -1_000, START_OF_HISTORY, 1_000);
    await stored.prune(60_000);
    expect(await batch.progress()).toMatchObject({ total: 3, state: 'ended' });
    await stored.prune(-1_000);
    expect(await batches.find(batch.uuid)).toBeNull();
    expect(await test.dataSource.query('SELECT * FROM queue_job_batch_callback')).toEqual([]);
  });

  it('count for nothing with a job that runs at once by its own option: it is no member', async () => {
    const batch = await batches.create('May');
    const [job] = await batch.add(queue.delayable(Closing, { noDelay: true }).part('a'));
    expect(job).toMatchObject({ state: 'done', batchUuid: null });
    expect((await batch.progress()).total).toBe(0);
    await batch.close();
    expect(closing.told).toEqual([]);
  });
});
