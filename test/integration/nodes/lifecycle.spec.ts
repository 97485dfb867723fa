import {
  type BeforeApplicationShutdown,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { currentJob, Job, JobRunner } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import type { Client } from 'pg';
import { connect, countOf } from '../../support/recorder-jobs.js';

const events: string[] = [];

/** What a job needs: ready once the application is up, closed when it goes down. */
@Injectable()
class MailClient implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  static becomesReady: () => Promise<void> = () => Promise.resolve();
  state: 'not ready yet' | 'ready' | 'closed' = 'not ready yet';

  async onApplicationBootstrap(): Promise<void> {
    await MailClient.becomesReady();
    this.state = 'ready';
  }

  onModuleDestroy(): void {
    events.push('closed');
    this.state = 'closed';
  }

  beforeApplicationShutdown(): void {
    events.push('before shutdown');
  }

  send(): string {
    if (this.state !== 'ready') throw new Error(`The client is ${this.state}`);
    return 'sent';
  }
}

@Module({ providers: [MailClient], exports: [MailClient] })
class MailModule {}

@Injectable()
class Mailer {
  begun = 0;
  mayEnd = new Gate();

  constructor(private readonly client: MailClient) {}

  @Job()
  async send(): Promise<string> {
    this.begun += 1;
    this.client.send();
    await this.mayEnd.opened;
    const sent = this.client.send();
    events.push('sent');
    return sent;
  }

  @Job()
  async hang(): Promise<void> {
    this.begun += 1;
    const { signal } = currentJob();
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }
}

@Module({ imports: [MailModule], providers: [Mailer], exports: [Mailer] })
class MailerModule {}

describe.each([
  { isGlobal: true, place: 'in a global module' },
  { isGlobal: false, place: 'in a module that is not global' },
])('a runner $place', ({ isGlobal }) => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication | undefined;

  const start = async (runner = {}): Promise<TestApplication> => {
    test = await startApplication({
      url: database.url,
      providers: [],
      imports: [MailerModule],
      options: { isGlobal, runner } as object,
      logger: false,
    });
    return test;
  };

  const startMailer = async (runner = {}) => {
    const started = await start(runner);
    return { ...started, mailer: started.get(Mailer) };
  };

  const inTheDatabase = async (what: string): Promise<number> =>
    countOf(client, `SELECT count(*) FROM ${what}`);

  beforeEach(async () => {
    events.length = 0;
    MailClient.becomesReady = () => Promise.resolve();
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
    await client.end();
    await database.drop();
  });

  it('lets jobs end before any provider closes, and claims no more meanwhile', async () => {
    const { app, queue, mailer } = await startMailer({ concurrency: 2 });
    const running = await queue.withDelay(mailer).send();
    await eventually(() => expect(mailer.begun).toBe(1));
    const closed = app.close();
    await eventually(() => expect(app.get(JobRunner).running).toBe(false));
    const late = await queue.withDelay(mailer).send();
    expect(events).toEqual([]);
    mailer.mayEnd.open();
    await closed;
    test = undefined;
    expect(events).toEqual(['sent', 'closed', 'before shutdown']);
    expect(mailer.begun).toBe(1);
    const again = await start({ concurrency: 1 });
    expect(await again.queue.find(running.uuid)).toMatchObject({ state: 'done', result: 'sent' });
    again.get(Mailer).mayEnd.open();
    expect(await again.queue.finished(late)).toBe('sent');
  });

  it('gives back with its attempt what does not end in time, before any provider closes', async () => {
    const { app, queue, mailer } = await startMailer({ shutdownTimeout: 50 });
    const job = await queue.withDelay(mailer).hang();
    await eventually(() => expect(mailer.begun).toBe(1));
    await app.close();
    test = undefined;
    expect(await inTheDatabase(`queue_job WHERE state = 'pending' AND node IS NULL AND retry = 0`)).toBe(1);
    expect(await inTheDatabase(`queue_job_attempt WHERE exc_name = 'NodeStoppedError'`)).toBe(1);
    expect(job.uuid).toBeDefined();
  });

  it('begins with jobs once every module is up', async () => {
    const waiting = await startMailer({ concurrency: 1 });
    await waiting.runner.stop();
    const job = await waiting.queue.withDelay(waiting.mailer).send();
    await waiting.close();
    const ready = new Gate();
    const asked = new Gate();
    MailClient.becomesReady = () => {
      asked.open();
      return ready.opened;
    };
    const starting = startMailer();
    await asked.opened;
    expect(await inTheDatabase('queue_job_node WHERE alive')).toBe(0);
    ready.open();
    const { queue, mailer } = await starting;
    mailer.mayEnd.open();
    expect(await queue.finished(job)).toBe('sent');
  });

  it('never begins where a hook of the application fails', async () => {
    MailClient.becomesReady = () => Promise.reject(new Error('no mail today'));
    await expect(start()).rejects.toThrow('no mail today');
    expect(await inTheDatabase('queue_job_node')).toBe(0);
  });

  it('that was stopped before still lets its jobs end when the application closes', async () => {
    const { app, queue, mailer, runner } = await startMailer();
    await queue.withDelay(mailer).send();
    await eventually(() => expect(mailer.begun).toBe(1));
    const stopped = runner.stop({ timeout: '1 min' });
    const closed = app.close();
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual([]);
    mailer.mayEnd.open();
    await closed;
    test = undefined;
    expect(events).toEqual(['sent', 'closed', 'before shutdown']);
    await stopped;
  });

  it('that is stopped twice gives its jobs the shorter of the two times', async () => {
    const { queue, mailer, runner } = await startMailer();
    await queue.withDelay(mailer).hang();
    await eventually(() => expect(mailer.begun).toBe(1));
    const stopped = runner.stop({ timeout: '1 min' });
    await runner.stop({ timeout: 50 });
    await stopped;
    expect(await inTheDatabase(`queue_job WHERE state = 'pending' AND retry = 0`)).toBe(1);
  });

  it('that is stopped while it starts leaves no node, and starts again', async () => {
    const { queue, mailer, runner } = await startMailer();
    await runner.stop();
    const starting = runner.start();
    await runner.stop();
    await starting;
    expect(runner.running).toBe(false);
    expect(await inTheDatabase('queue_job_node WHERE alive')).toBe(0);
    await runner.start();
    mailer.mayEnd.open();
    expect(await queue.finished(await queue.withDelay(mailer).send())).toBe('sent');
  });
});
