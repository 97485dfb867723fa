import { Injectable } from '@nestjs/common';
import {
  InvalidJobOptionError,
  Job,
  JobNotFoundError,
  type JobState,
  JobStateError,
  type QueueJob,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  gate = new Gate();

  @Job()
  async wait(): Promise<void> {
    await this.gate.opened;
  }

  @Job()
  async fail(): Promise<void> {
    throw new Error('no');
  }
}

type Action = 'requeue' | 'cancel' | 'setDone' | 'postpone';

const NOBODY = '00000000-0000-7000-8000-000000000000';

describe('what is done to a job by hand', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker], logger: false });
    worker = test.get(Worker);
  });

  afterAll(async () => {
    worker.gate.open();
    await test.close();
    await database.drop();
  });

  const does: Record<Action, (uuid: string) => Promise<QueueJob>> = {
    requeue: (uuid) => test.queue.requeue(uuid),
    cancel: (uuid) => test.queue.cancel(uuid),
    setDone: (uuid) => test.queue.setDone(uuid, { by: 'Ada' }),
    postpone: (uuid) => test.queue.postpone(uuid, { seconds: 60 }),
  };
  const reached = async ({ uuid }: QueueJob, state: JobState): Promise<string> =>
    eventually(async () => {
      expect((await test.queue.find(uuid))?.state).toBe(state);
      return uuid;
    });
  const pending = async (): Promise<QueueJob> => test.queue.withDelay(worker, { eta: '1h' }).wait();
  const jobs: Record<'pending' | 'started' | 'failed' | 'cancelled' | 'done', () => Promise<string>> = {
    pending: async () => (await pending()).uuid,
    started: async () => reached(await test.queue.withDelay(worker).wait(), 'started'),
    failed: async () => reached(await test.queue.withDelay(worker).fail(), 'failed'),
    cancelled: async () => (await test.queue.cancel((await pending()).uuid)).uuid,
    done: async () => (await test.queue.setDone((await pending()).uuid)).uuid,
  };

  it.each<[Action, keyof typeof jobs, string]>([
    ['requeue', 'pending', 'failed, cancelled, done'],
    ['requeue', 'started', 'failed, cancelled, done'],
    ['cancel', 'cancelled', 'wait_dependencies, pending, enqueued, started, failed'],
    ['cancel', 'done', 'wait_dependencies, pending, enqueued, started, failed'],
    ['setDone', 'started', 'wait_dependencies, pending, failed, cancelled'],
    ['setDone', 'done', 'wait_dependencies, pending, failed, cancelled'],
    ['postpone', 'started', 'wait_dependencies, pending'],
    ['postpone', 'failed', 'wait_dependencies, pending'],
    ['postpone', 'cancelled', 'wait_dependencies, pending'],
    ['postpone', 'done', 'wait_dependencies, pending'],
  ])('refuses to %s a job that is %s', async (action, state, allowed) => {
    const uuid = await jobs[state]();
    const before = await test.queue.find(uuid);
    const refused = does[action](uuid);
    await expect(refused).rejects.toThrow(JobStateError);
    await expect(refused).rejects.toThrow(`it is ${state}, and ${action} takes jobs that are ${allowed}.`);
    expect(await test.queue.find(uuid)).toEqual(before);
    worker.gate.open();
    worker.gate = new Gate();
  });

  it.each<keyof typeof jobs>(['pending', 'failed', 'cancelled'])('sets a %s job done', async (state) => {
    const uuid = await jobs[state]();
    const done = await test.queue.setDone(uuid, { by: 'Ada' });
    expect(done).toMatchObject({ state: 'done', result: 'Manually set to done by Ada', excName: null });
    expect(done.dateDone).toBeInstanceOf(Date);
    await expect(test.queue.finished(uuid, { timeout: 1_000 })).resolves.toBe('Manually set to done by Ada');
  });

  it('sets a failed job done even where it was cancelled in between, and its error is gone', async () => {
    const uuid = await jobs.failed();
    await test.queue.cancel(uuid);
    expect(await test.queue.setDone(uuid)).toMatchObject({ state: 'done', excName: null, excMessage: null });
  });

  it('postpones a waiting job, and keeps the result that it is given', async () => {
    const { uuid } = await pending();
    const postponed = await test.queue.postpone(uuid, { seconds: '2h', result: 'half' });
    expect(postponed).toMatchObject({ state: 'pending', result: 'half' });
    expect((postponed.eta as Date).getTime() - Date.now()).toBeGreaterThan(7_100_000);
  });

  it('lets a job that is postponed by 0 seconds run at once', async () => {
    const job = await pending();
    worker.gate.open();
    await test.queue.postpone(job.uuid, { seconds: 0 });
    await test.queue.finished(job, { timeout: 2_000 });
    worker.gate = new Gate();
  });

  it.each(Object.keys(does) as Action[])('tells that there is no such job to %s', async (action) => {
    const refused = does[action](NOBODY);
    await expect(refused).rejects.toThrow(JobNotFoundError);
    await expect(refused).rejects.toThrow(NOBODY);
  });

  it.each(Object.keys(does) as Action[])('refuses to %s what is no uuid', async (action) => {
    const refused = does[action]('42');
    await expect(refused).rejects.toThrow(InvalidJobOptionError);
    await expect(refused).rejects.toThrow(`'42' is not the uuid of a job`);
  });

  it('finds nothing where there is nothing, and tells what is no uuid', async () => {
    await expect(test.queue.find(NOBODY)).resolves.toBeNull();
    await expect(test.queue.find('42')).rejects.toThrow(InvalidJobOptionError);
    await expect(test.queue.finished(NOBODY, { timeout: 1_000 })).rejects.toThrow(JobNotFoundError);
    await expect(test.queue.relatedAction(NOBODY)).rejects.toThrow(JobNotFoundError);
  });
});
