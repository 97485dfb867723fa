import { Injectable } from '@nestjs/common';
import { chain, CronJob, Job, ScheduleService, type QueueJobDefaults } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async plain(_text: string): Promise<void> {}

  @Job({ identityKey: 'scoped', identityScope: 'until_done' })
  async scoped(_text: string): Promise<void> {}

  @Job({ identityKey: 'kept', onDuplicate: 'keep' })
  async kept(_text: string): Promise<void> {}

  @Job({ identityKey: 'yearly' })
  @CronJob('0 0 1 1 *', { args: ['tick'] })
  async yearly(_text: string): Promise<void> {}
}

describe("the module's defaults for keys", () => {
  let database: TestDatabase;
  let test: TestApplication | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await test?.close();
    await database.drop();
  });

  const start = async (defaults: QueueJobDefaults): Promise<TestApplication> =>
    (test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused', defaults: { channel: 'closed', ...defaults } },
    }));
  /** Whether a second call replaces the job of the first, from TypeScript and from SQL. */
  const replaces = async (method: 'plain' | 'scoped' | 'kept', options: object): Promise<boolean[]> => {
    const { queue, dataSource } = test as TestApplication;
    const results: boolean[] = [];
    for (const bySql of [false, true]) {
      const first = await queue.withDelay(Worker, options)[method]('first');
      if (bySql)
        await dataSource.query('SELECT queue_job_enqueue($1, $2, $3)', [
          `Worker.${method}`,
          '["second"]',
          JSON.stringify(options),
        ]);
      else await queue.withDelay(Worker, options)[method]('second');
      const row = await queue.find(first.uuid);
      results.push(row?.args[0] === 'second');
      await queue.cancel(first.uuid);
    }
    return results;
  };

  it('say what a second call does, where the job has a key and nothing else is said', async () => {
    await start({ onDuplicate: 'replace' });
    expect(await replaces('plain', { identityKey: 'k' })).toEqual([true, true]);
    expect(await replaces('plain', {})).toEqual([false, false]);
    expect(await replaces('plain', { identityKey: 'k', onDuplicate: 'keep' })).toEqual([false, false]);
    expect(await replaces('plain', { identityKey: 'k', identityScope: 'until_done' })).toEqual([
      false,
      false,
    ]);
    expect(await replaces('scoped', {})).toEqual([false, false]);
    expect(await replaces('kept', {})).toEqual([false, false]);
  });

  it('have members of a graph say that they keep', async () => {
    const { queue } = await start({ onDuplicate: 'replace' });
    const member = (options: object) => queue.delayable(Worker, options).plain('a');
    await expect(chain(member({ identityKey: 'k' }), member({})).delay()).rejects.toThrow(
      "onDuplicate: 'keep'",
    );
    await chain(member({ identityKey: 'k', onDuplicate: 'keep' }), member({})).delay();
  });

  it('say for how long a key counts, of ticks too', async () => {
    const started = await start({ identityScope: 'until_done' });
    const { queue, dataSource } = started;
    const uuids = [
      (await queue.withDelay(Worker, { identityKey: 'a' }).plain('a')).uuid,
      (await queue.withDelay(Worker, { identityKey: 'b', onDuplicate: 'replace' }).plain('b')).uuid,
      (await queue.withDelay(Worker).plain('c')).uuid,
      (await started.get(ScheduleService).runNow('Worker.yearly')).uuid,
    ];
    const [row] = await dataSource.query<{ uuid: string }[]>(
      `SELECT queue_job_enqueue('Worker.plain', '[""]', '{"identityKey": "d"}') AS uuid`,
    );
    const jobs = await Promise.all([...uuids, row?.uuid ?? ''].map(async (uuid) => queue.find(uuid)));
    expect(jobs.map((job) => job?.identityUntilDone)).toEqual([true, false, false, true, true]);
  });

  it('bound how long a job is put off', async () => {
    const { queue } = await start({ maxWait: '1 min' });
    const debounced = { identityKey: 'k', onDuplicate: 'debounce' } as const;
    await expect(queue.withDelay(Worker, { ...debounced, eta: '2 min' }).plain('a')).rejects.toThrow(
      'maxWait (60 s) must not be below eta (120 s)',
    );
    await expect(
      test?.dataSource.query('SELECT queue_job_enqueue($1, $2, $3)', [
        'Worker.plain',
        '[]',
        JSON.stringify({ ...debounced, eta: '2 min' }),
      ]),
    ).rejects.toThrow('maxWait (60 s) must not be below eta (120 s)');
    await queue.withDelay(Worker, { ...debounced, eta: '1 min' }).plain('a');
    await queue.withDelay(Worker, { identityKey: 'k' }).plain('b');
  });
});
