import { Injectable } from '@nestjs/common';
import { InvalidJobOptionError, Job, JOB_STATES, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async run(_at: number): Promise<void> {}

  @Job()
  async other(): Promise<void> {}
}

describe('the list of jobs', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let jobs: QueueJob[];
  let user = 'ada';

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { runner: false, userId: () => user },
      logger: false,
    });
    const channels = ['erp', 'erp.orders', 'erp-old', 'erp.orders.late', 'mail', 'root'];
    jobs = [];
    for (const [at, channel] of channels.entries()) {
      jobs.push(await test.queue.withDelay(Worker, { channel }).run(at));
    }
    user = 'bob';
    jobs.push(await test.queue.withDelay(Worker, { channel: 'mail' }).other());
    await test.queue.cancel((jobs[4] as QueueJob).uuid);
    await test.queue.setDone((jobs[5] as QueueJob).uuid);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const places = async (...filter: Parameters<typeof test.queue.list>): Promise<number[]> =>
    (await test.queue.list(...filter)).map((job) => jobs.findIndex(({ uuid }) => uuid === job.uuid));

  it('shows the newest first, living and ended', async () => {
    expect(await places()).toEqual([6, 5, 4, 3, 2, 1, 0]);
    const [newest] = await test.queue.list({ limit: 1 });
    expect(newest).toMatchObject({ name: 'Worker.other', args: [], userId: 'bob', state: 'pending' });
  });

  it.each<[Parameters<TestApplication['queue']['list']>[0], number[]]>([
    [{ state: 'pending' }, [6, 3, 2, 1, 0]],
    [{ state: ['done', 'cancelled'] }, [5, 4]],
    [{ state: 'failed' }, []],
    [{ name: 'Worker.other' }, [6]],
    [{ channel: 'erp' }, [3, 1, 0]],
    [{ channel: 'root.erp.orders' }, [3, 1]],
    [{ channel: 'root' }, [6, 5, 4, 3, 2, 1, 0]],
    [{ userId: 'bob' }, [6]],
    [{ channel: 'mail', state: 'pending' }, [6]],
    [{ graphUuid: '00000000-0000-7000-8000-000000000000' }, []],
    [{ limit: 2 }, [6, 5]],
  ])('shows those of %j', async (filter, expected) => {
    expect(await places(filter)).toEqual(expected);
  });

  it('goes on page by page', async () => {
    const seen: number[] = [];
    let before: string | undefined;
    do {
      const page = await test.queue.list({ limit: 3, ...(before === undefined ? {} : { before }) });
      seen.push(...page.map((job) => jobs.findIndex(({ uuid }) => uuid === job.uuid)));
      before = page.at(-1)?.uuid;
    } while (before !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ status: 'done' }, `no property 'status'`],
    [{ state: 'finished' }, 'state must be among wait_dependencies'],
    [{ state: ['done', 'finished'] }, `not 'finished'`],
    [{ limit: 0 }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: 1_001 }, 'not 1001'],
    [{ before: '42' }, `'42' is not the uuid`],
    [{ graphUuid: '42' }, `'42' is not the uuid`],
  ])('refuses %j', async (filter, message) => {
    const refused = test.queue.list(filter);
    await expect(refused).rejects.toThrow(InvalidJobOptionError);
    await expect(refused).rejects.toThrow(message);
  });

  it('is counted by state, with each state there', async () => {
    const counts = await test.queue.counts();
    expect(Object.keys(counts)).toEqual([...JOB_STATES]);
    expect(counts).toMatchObject({ pending: 5, done: 1, cancelled: 1, failed: 0, started: 0 });
  });
});
