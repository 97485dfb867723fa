import { Injectable } from '@nestjs/common';
import { chain, CronJob, currentJob, Job, type QueueJob, ScheduleService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async plain(): Promise<readonly string[]> {
    return currentJob().job.tags;
  }

  @Job({ tags: ['mail', 'slow'] })
  @CronJob('0 0 1 1 *')
  async mail(): Promise<readonly string[]> {
    return currentJob().job.tags;
  }

  @Job()
  @CronJob('0 0 1 1 *')
  async report(): Promise<readonly string[]> {
    return currentJob().job.tags;
  }
}

describe('the tags of a job', () => {
  let database: TestDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused' },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const closed = { channel: 'closed' };

  it('are those of the call, else those of @Job(), else none', async () => {
    const jobs = [
      await test.queue.withDelay(Worker, { tags: ['b', 'a', 'b'] }).plain(),
      await test.queue.withDelay(Worker, { tags: ['mine'] }).mail(),
      await test.queue.withDelay(Worker).mail(),
      await test.queue.withDelay(Worker, { tags: [] }).mail(),
      await test.queue.withDelay(Worker).plain(),
    ];
    const expected = [['b', 'a'], ['mine'], ['mail', 'slow'], [], []];
    expect(jobs.map(({ tags }) => tags)).toEqual(expected);
    // The job itself has them while it runs, and its row after its end.
    expect(await Promise.all(jobs.map(async (job) => test.queue.finished(job)))).toEqual(expected);
    const ended = await Promise.all(jobs.map(async ({ uuid }) => test.queue.find(uuid)));
    expect(ended.map((job) => job?.tags)).toEqual(expected);
  });

  it('are the defaults of the module where nothing else says so', async () => {
    const other = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { runner: false, defaults: { tags: ['app'] } },
    });
    try {
      const queue = other.queue.withDelay(Worker, closed);
      expect([(await queue.plain()).tags, (await queue.mail()).tags]).toEqual([['app'], ['mail', 'slow']]);
    } finally {
      await other.close();
    }
  });

  it('are stored whichever way a job is: many, keyed, in a graph, with an eta, in a transaction', async () => {
    const tags = ['Zoë "quoted" \\ {x}', 'null', '😀'];
    const built = test.queue.delayable(Worker, { ...closed, tags });
    const many = await test.queue.delayAll([built.plain(), built.plain()]);
    const graph = await chain(built.plain(), built.plain()).delay();
    const keyed = await test.queue.withDelay(Worker, { ...closed, tags, identityKey: 'tagged' }).plain();
    const later = await test.queue.withDelay(Worker, { ...closed, tags, eta: '1h' }).plain();
    const inside = await test.dataSource.transaction(async (manager) =>
      test.queue.withDelay(Worker, { ...closed, tags, manager }).plain(),
    );
    for (const { uuid } of [...many, ...graph, keyed, later, inside])
      expect((await test.queue.find(uuid))?.tags).toEqual(tags);
  });

  it('are those of the callback of a batch, and of the ticks of a schedule', async () => {
    const onDone = test.queue.delayable(Worker, { tags: ['callback'] }).plain();
    const batch = await test.batches.create('tagged', {
      jobs: [test.queue.delayable(Worker).plain()],
      onDone,
    });
    await batch.finished();
    const [called] = await test.queue.list({ tags: ['callback'] });
    expect(await test.queue.finished(called as QueueJob)).toEqual(['callback']);

    const schedules = test.get(ScheduleService);
    expect(await test.queue.finished(await schedules.runNow('Worker.mail'))).toEqual(['mail', 'slow']);
    expect(await test.queue.finished(await schedules.runNow('Worker.report'))).toEqual([]);
    const call = test.queue.delayable(Worker, { tags: ['tenant:7'] }).plain();
    await schedules.upsert('tenant 7', { every: '1 day', call });
    expect(await test.queue.finished(await schedules.runNow('tenant 7'))).toEqual(['tenant:7']);
  });

  it('find jobs, living and ended: all of them, or any', async () => {
    const tagged = async (...tags: string[]): Promise<string> =>
      (await test.queue.withDelay(Worker, { ...closed, tags }).plain()).uuid;
    const [red, both, blue, none] = [
      await tagged('red'),
      await tagged('blue', 'red'),
      await tagged('blue'),
      await tagged(),
    ];
    await test.queue.cancel(both);
    const found = async (filter: Parameters<typeof test.queue.list>[0]): Promise<string[]> =>
      (await test.queue.list(filter)).map(({ uuid }) => uuid);
    expect(await found({ tags: ['red'] })).toEqual([both, red]);
    expect(await found({ tags: ['red', 'blue'] })).toEqual([both]);
    expect(await found({ anyTag: ['red', 'blue', 'green'] })).toEqual([blue, both, red]);
    expect(await found({ tags: ['blue'], anyTag: ['red'], state: 'cancelled' })).toEqual([both]);
    expect(await found({ tags: ['re'] })).toEqual([]);
    expect(await found({ anyTag: ['red'] })).not.toContain(none);
  });
});
