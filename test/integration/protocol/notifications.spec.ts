import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, Job, JobCancelledError } from '../../../lib/index.js';
import type { QueueDatabase } from '../../../lib/store/connection/database.js';
import { Store } from '../../../lib/store/store.js';
import { aborted } from '../../support/aborted.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect } from '../../support/recorder-jobs.js';

/** What others hear of a call: how many jobs, which is the last of them, and what they are. */
const CALLED = expect.stringMatching(
  /^\{"jobs":\[\{"lot":\d+,"count":1,"uuid":"[\da-f-]{36}","name":"Worker\.run","channel":"root"\}\]\}$/,
);

@Injectable()
class Worker {
  started = new Gate();
  gate = new Gate();
  reason: unknown;

  @Job()
  async wait(): Promise<string> {
    const { signal } = currentJob();
    this.started.open();
    await Promise.race([this.gate.opened, aborted(signal)]);
    this.reason = signal.reason;
    return 'ended';
  }

  @Job()
  async run(): Promise<number> {
    return 5;
  }
}

/** Every role of a database can send them. */
describe('notifications of somebody else', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker], logger: false });
    worker = test.get(Worker);
    client = await connect(database.url);
  });

  afterAll(async () => {
    worker.gate.open();
    await client.end();
    await test.close();
    await database.drop();
  });

  const notify = async (payload: string): Promise<void> => {
    await client.query('SELECT pg_notify($1, $2)', ['public.queue_job', payload]);
  };

  it.each([
    '', ' ', 'x', 'x null', 'x 5', 'x "text"', 'x []', 'x [null]', 'x {', 'x {}', 'x {"__proto__":{"ready":true}}',
    'x {"cancel":5}', 'x {"cancel":[5]}', 'x {"cancel":"all"}', 'x {"cancel":["no uuid"]}', 'x {"cancel":{"length":1}}',
    'x {"dueIn":"soon"}', 'x {"dueIn":null}', 'x {"dueIn":-1e308}', 'x {"dueIn":1e308}', 'x {"starved":5}',
    'x {"ended":[5]}', 'x {"ended":5}', 'x {"config":true,"functions":true,"ready":true}', 'x {"mayCancel":5}',
    'x {"jobs":5}', 'x {"jobs":[5]}', 'x {"jobs":[{"count":0}]}', 'x {"jobs":[{"count":1e308,"lot":0.5}]}',
    'x {"jobs":[{"count":1,"uuid":"no uuid"}]}', 'x {"jobs":[{"count":1,"passed":["x"]}]}', 'x {"jobs":[{"count":1,"x":1}]}',
    'x {"full":5}', 'x {"full":["x"]}', 'x {"full":[1,2,3]}', 'x {"starved":[5]}', 'x {"starved":[{"node":1,"channels":[5]}]}',
    `x ${'['.repeat(3_900)}${']'.repeat(3_900)}`,
  ])('stop no node: %s', async (payload) => {
    await notify(payload);
    const job = await test.queue.withDelay(Worker).run();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(5);
  }); // prettier-ignore

  it('cancel no job that nobody has asked to cancel', async () => {
    const job = await test.queue.withDelay(Worker).wait();
    await worker.started.opened;
    await notify(`x {"cancel":["${job.uuid}"]}`);
    // What is heard is heard in order: when this one has run, the one before has been dealt with.
    await notify('x {"ready":true}');
    const after = await test.queue.withDelay(Worker).run();
    await test.queue.finished(after, { timeout: 5_000 });
    worker.gate.open();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('ended');
    expect(worker.reason).toBeUndefined();
    [worker.gate, worker.started] = [new Gate(), new Gate()];
  });

  it('of a process that cancels a job reach the node that runs it', async () => {
    const web = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { runner: false },
    });
    const job = await test.queue.withDelay(Worker).wait();
    await worker.started.opened;
    await web.queue.cancel(job.uuid, { by: 'Ada' });
    await eventually(() => expect(worker.reason).toBeInstanceOf(JobCancelledError));
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow('Cancelled by Ada');
    await web.close();
  });
});

describe('a call that stores a job', () => {
  let database: TestDatabase;
  let web: TestApplication;
  let client: Client;
  const heard: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    web = await startApplication({ url: database.url, providers: [Worker], options: { runner: false } });
    client = await connect(database.url);
    client.on('notification', ({ payload = '' }) => heard.push(payload.slice(payload.indexOf(' ') + 1)));
    await client.query('LISTEN "public.queue_job"');
  });

  beforeEach(() => {
    heard.length = 0;
  });

  afterAll(async () => {
    await client.end();
    await web.close();
    await database.drop();
  });

  /** Statements that were sent to notify and for nothing else. */
  const spokenAlone = (run: jest.SpiedFunction<QueueDatabase['run']>): number =>
    run.mock.calls.filter(([{ name }]) => name.startsWith('queue_job_notify')).length;

  it('tells the other processes in its own commit', async () => {
    const run = jest.spyOn(web.get(Store).database, 'run');
    await web.queue.withDelay(Worker).run();
    await eventually(() => expect(heard).toContainEqual(CALLED));
    expect(spokenAlone(run)).toBe(0);
    run.mockRestore();
  });

  it('tells them afterwards where another process is at its commit with a notification', async () => {
    const { lockClass } = web.get(Store).tables;
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1, -2)', [lockClass]);
    const job = await web.queue.withDelay(Worker).run();
    await client.query('COMMIT');
    await eventually(() => expect(heard).toContainEqual(CALLED));
    await expect(web.queue.find(job.uuid)).resolves.toMatchObject({ state: 'pending' });
  });

  it('tells them of jobs that come close after one another at most once in three milliseconds', async () => {
    const start = performance.now();
    for (let at = 0; at < 100; at += 1) await web.queue.withDelay(Worker).run();
    const most = Math.ceil((performance.now() - start) / 3) + 1;
    await eventually(() => expect(heard.length).toBeGreaterThan(0));
    expect(heard.length).toBeLessThanOrEqual(most);
  });

  it('tells them after the last of many, however close these come', async () => {
    for (let at = 0; at < 20; at += 1) await web.queue.withDelay(Worker).run();
    const { uuid } = await web.queue.withDelay(Worker).run();
    // Alone, or along with those before that were not told of yet.
    await eventually(() => expect(heard.join()).toContain(uuid));
  });

  it('of a job with an eta tells when it is due', async () => {
    await web.queue.withDelay(Worker, { eta: 60 }).run();
    await eventually(() => expect(heard).toContainEqual(expect.stringMatching(/^\{"dueIn":(59|60)\d{3}/)));
  });

  it('tells nobody where it is refused', async () => {
    await client.query('ALTER TABLE queue_job ADD CONSTRAINT none CHECK (false) NOT VALID');
    await expect(web.queue.withDelay(Worker).run()).rejects.toThrow('none');
    await client.query('ALTER TABLE queue_job DROP CONSTRAINT none');
    const job = await web.queue.withDelay(Worker).run();
    await eventually(() => expect(heard).toContainEqual(CALLED));
    await expect(web.queue.find(job.uuid)).resolves.toMatchObject({ state: 'pending' });
  });
});

describe('the round trips of a node', () => {
  it('wait for no other statement of the library', async () => {
    const database = await createTestDatabase();
    const test = await startApplication({ url: database.url, providers: [Worker] });
    const own = test.get(Store).database;
    const client = await connect(database.url);
    // The first job of a channel makes the row of that.
    await test.queue.finished(await test.queue.withDelay(Worker).run(), { timeout: 5_000 });
    const long = Promise.allSettled(Array.from({ length: 2 }, () => own.query('SELECT pg_sleep(60)')));
    const asleep = `FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query = 'SELECT pg_sleep(60)'`;
    await eventually(async () => expect((await client.query(`SELECT ${asleep}`)).rowCount).toBe(2));
    await client.query(
      `INSERT INTO queue_job (uuid, name, channel, args, description) VALUES (gen_random_uuid(), 'Worker.run', 'root', '[]', 'x')`,
    );
    await client.query(`SELECT pg_notify('public.queue_job', 'x {"ready":true}')`);
    await eventually(async () => {
      const { rowCount } = await client.query(`SELECT FROM queue_job_history WHERE description = 'x'`);
      expect(rowCount).toBe(1);
    });
    const { rowCount } = await client.query(`SELECT pg_cancel_backend(pid) ${asleep}`);
    expect(rowCount).toBe(2);
    await long;
    await client.end();
    await test.close();
    await database.drop();
  });
});
