import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { currentJob, Job, JobCancelledError } from '../../lib/index.js';
import { aborted } from '../support/aborted.js';
import { type TestApplication, startApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { connect } from '../support/recorder-jobs.js';

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
    'x {"dueIn":"soon"}', 'x {"dueIn":null}', 'x {"dueIn":-1e308}', 'x {"dueIn":1e308}', 'x {"hungry":5}',
    'x {"ended":[5]}', 'x {"ended":5}', 'x {"config":true,"functions":true,"ready":true}', 'x {"mayCancel":5}',
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
