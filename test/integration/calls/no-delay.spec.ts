import { Injectable } from '@nestjs/common';
import {
  currentJob,
  Job,
  NothingToDoJob,
  QueueJob,
  type QueueJobModuleOptions,
  UnserializableArgumentError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  work: (...args: unknown[]) => unknown = () => undefined;

  @Job()
  async run(...args: unknown[]): Promise<unknown> {
    return this.work(...args);
  }

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    return this.work();
  }
}

describe('without delay', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;

  const start = async (options: QueueJobModuleOptions): Promise<TestApplication> =>
    startApplication({ url: database.url, providers: [Worker], options, logger: false });

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await start({ runner: false });
    worker = test.get(Worker);
    await test.dataSource.query('CREATE TABLE effect (number integer)');
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const now = { noDelay: true };
  const stored = async (): Promise<number> => (await test.queue.list()).length;

  it('a call runs at once, and nothing is stored', async () => {
    worker.work = (...args) => [currentJob().job.uuid, currentJob().job.state, args];
    const job = await test.queue.withDelay(worker, now).run('a');
    expect(job).toBeInstanceOf(QueueJob);
    expect(job).toMatchObject({ state: 'done', retry: 1, result: [job.uuid, 'started', ['a']] });
    expect(job.dateDone).toBeInstanceOf(Date);
    await expect(test.queue.finished(job)).resolves.toEqual(job.result);
    expect(await stored()).toBe(0);
  });

  it('the arguments and the result go through the codec all the same', async () => {
    const given = { at: new Date(0), list: [1] };
    worker.work = (got) => {
      expect(got).toEqual(given);
      expect(got).not.toBe(given);
      (got as typeof given).list.push(2);
      return got;
    };
    const job = await test.queue.withDelay(worker, now).run(given);
    expect(given.list).toEqual([1]);
    expect(job.result).toEqual({ at: new Date(0), list: [1, 2] });
    const refused = test.queue.withDelay(worker, now).run(() => 1);
    await expect(refused).rejects.toThrow(UnserializableArgumentError);
  });

  it('an error is the caller’s', async () => {
    const error = new TypeError('broken');
    worker.work = () => {
      throw error;
    };
    await expect(test.queue.withDelay(worker, now).run()).rejects.toBe(error);
    worker.work = () => {
      throw new NothingToDoJob('Nothing new');
    };
    expect((await test.queue.withDelay(worker, now).run()).result).toBe('Nothing new');
  });

  it('a transactional job has its transaction, and leaves nothing where it fails', async () => {
    const write = async (): Promise<void> =>
      currentJob().manager.query('INSERT INTO effect VALUES (1)') as Promise<void>;
    worker.work = async () => write().then(() => Promise.reject(new Error('no')));
    await expect(test.queue.withDelay(worker, now).whole()).rejects.toThrow('no');
    expect(await test.dataSource.query('SELECT FROM effect')).toEqual([]);
    worker.work = write;
    await test.queue.withDelay(worker, now).whole();
    expect((await test.dataSource.query('SELECT FROM effect')).length).toBe(1);
  });

  it('a job works in the transaction of the manager that it is given', async () => {
    let seen: unknown;
    worker.work = () => void (seen = currentJob().manager);
    await test.dataSource.transaction(async (manager) => {
      await test.queue.withDelay(worker, { ...now, manager }).whole();
      expect(seen).toBe(manager);
    });
  });

  it.each([
    ['the module option', { noDelay: true }, {}],
    ['QUEUE_JOB__NO_DELAY', {}, { QUEUE_JOB__NO_DELAY: '1' }],
    ['TEST_QUEUE_JOB_NO_DELAY', {}, { TEST_QUEUE_JOB_NO_DELAY: '1' }],
  ])('all calls run by %s, but for those that say otherwise', async (_, option, environment) => {
    Object.assign(process.env, environment);
    const application = await start({ ...option, runner: false });
    for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
    application.get(Worker).work = () => 'ran';
    expect(await application.queue.withDelay(Worker).run()).toMatchObject({ state: 'done', result: 'ran' });
    const later = await application.queue.withDelay(Worker, { noDelay: false }).run();
    expect(later.state).toBe('pending');
    await application.queue.cancel(later.uuid);
    await application.close();
  });

  it('the module option false stands over the environment', async () => {
    process.env['QUEUE_JOB__NO_DELAY'] = '1';
    const application = await start({ noDelay: false, runner: false });
    Reflect.deleteProperty(process.env, 'QUEUE_JOB__NO_DELAY');
    expect((await application.queue.withDelay(Worker).run()).state).toBe('pending');
    await application.close();
  });
});
