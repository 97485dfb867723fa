import { Injectable } from '@nestjs/common';
import { filter, map } from 'rxjs';
import {
  currentJob,
  Job,
  JobCancelledError,
  type JobEvent,
  OnJobEvent,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job({ maxRetries: 2, defaultChannel: 'mail', tags: ['shop'] })
  async send(): Promise<unknown> {
    return this.work();
  }

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    return this.work();
  }
}

@Injectable()
class Listener {
  readonly heard: [string, JobEvent][] = [];

  @OnJobEvent(['failed', 'cancelled'], { channel: 'mail', tags: ['shop'] })
  async onEnd(event: JobEvent): Promise<void> {
    this.heard.push(['end', event]);
    throw new Error('The listener is broken');
  }

  @OnJobEvent('done', { name: ['Worker.whole'] })
  onWhole(event: JobEvent): void {
    this.heard.push(['whole', event]);
    throw new Error('The listener is broken');
  }
}

@Injectable()
class ClusterListener {
  readonly heard: JobEvent[] = [];

  @OnJobEvent(['enqueued', 'done', 'failed'], { scope: 'cluster' })
  hear(event: JobEvent): void {
    this.heard.push(event);
  }
}

describe('events', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;
  let listener: Listener;
  let events: JobEvent[];
  let subscription: { unsubscribe(): void };

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker, Listener], logger: false });
    worker = test.get(Worker);
    listener = test.get(Listener);
  });

  beforeEach(() => {
    events = [];
    listener.heard.length = 0;
    worker.work = () => undefined;
    subscription = test.queue.events$.subscribe((event) => {
      events.push(event);
      throw new Error('The subscriber is broken');
    });
  });

  afterEach(() => subscription.unsubscribe());

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const of = ({ uuid }: { uuid: string }): JobEvent[] => events.filter(({ job }) => job.uuid === uuid);
  const typesOf = (job: QueueJob): string[] => of(job).map(({ type }) => type);

  it('tell what happens to a job, with all that is promised of it', async () => {
    worker.work = () => {
      if (currentJob().job.retry === 1) throw new RetryableJobError('Busy', { seconds: 0.01 });
      throw new TypeError('Broken');
    };
    const before = Date.now();
    const job = await test.queue.withDelay(worker, { description: 'A mail' }).send();
    await eventually(() => expect(typesOf(job).at(-1)).toBe('failed'));
    // The start of the last attempt is written before its method is called, and so is told.
    expect(typesOf(job)).toEqual(['enqueued', 'retried', 'started', 'failed']);
    const [enqueued, retried, , failed] = of(job) as [JobEvent, JobEvent, JobEvent, JobEvent];
    const about = {
      uuid: job.uuid,
      name: 'Worker.send',
      description: 'A mail',
      channel: 'root.mail',
      tags: ['shop'],
      maxRetries: 2,
    };
    expect(enqueued).toEqual({
      type: 'enqueued',
      job: { ...about, attempt: 0 },
      at: expect.any(Date),
      node: null,
    });
    expect(retried).toEqual({
      type: 'retried',
      job: { ...about, attempt: 1 },
      at: expect.any(Date),
      durationMs: expect.any(Number),
      error: { name: 'RetryableJobError', message: 'Busy', stack: expect.stringContaining('events.spec') },
      nextAttemptAt: expect.any(Date),
      node: test.runner.nodeId,
    });
    expect(failed).toMatchObject({ job: { ...about, attempt: 2 }, error: { name: 'TypeError' } });
    expect(failed.nextAttemptAt).toBeUndefined();
    expect(retried.nextAttemptAt?.getTime()).toBeGreaterThanOrEqual(retried.at.getTime());
    for (const { at } of of(job)) expect(at.getTime()).toBeGreaterThanOrEqual(before - 1);
  });

  it('tell of a start only where the attempt lasts', async () => {
    const short = await test.queue.withDelay(worker).send();
    await test.queue.finished(short);
    const gate = new Gate();
    worker.work = async () => gate.opened;
    const long = await test.queue.withDelay(worker).send();
    await eventually(() => expect(typesOf(long)).toEqual(['enqueued', 'started']));
    gate.open();
    await eventually(() => expect(typesOf(long)).toEqual(['enqueued', 'started', 'done']));
    expect(typesOf(short)).toEqual(['enqueued', 'done']);
  });

  it('reach the methods that listen to such jobs, and what these throw harms nothing', async () => {
    worker.work = () => {
      throw new TypeError('Broken');
    };
    const mail = await test.queue.withDelay(worker).send();
    const other = await test.queue.withDelay(worker, { channel: 'root.mailing' }).send();
    const untagged = await test.queue.withDelay(worker, { tags: [] }).send();
    await eventually(() => expect(events.filter(({ type }) => type === 'failed').length).toBe(3));
    worker.work = () => 'fine';
    const whole = await test.queue.withDelay(worker).whole();
    expect(await test.queue.finished(whole)).toBe('fine');
    await eventually(() => expect(listener.heard.length).toBe(2));
    expect(listener.heard.map(([what, { job }]) => [what, job.uuid])).toEqual([
      ['end', mail.uuid],
      ['whole', whole.uuid],
    ]);
    for (const job of [other, untagged]) expect(typesOf(job)).toEqual(['enqueued', 'failed']);
  });

  it('tell of jobs that are cancelled: waiting, running, or by themselves', async () => {
    const waiting = await test.queue.withDelay(worker, { eta: '1 h' }).send();
    await test.queue.cancel(waiting.uuid);
    const gate = new Gate();
    worker.work = async () => gate.opened;
    const running = await test.queue.withDelay(worker).send();
    await eventually(() => expect(typesOf(running)).toContain('started'));
    await test.queue.cancel(running.uuid);
    gate.open();
    worker.work = () => {
      throw new JobCancelledError('Never mind');
    };
    const own = await test.queue.withDelay(worker).send();
    await eventually(() => {
      for (const job of [waiting, running, own]) expect(typesOf(job).at(-1)).toBe('cancelled');
    });
  });

  it('come after the commit of the caller, and not after its rollback', async () => {
    let inside: string[] = [];
    const [kept] = await test.dataSource.transaction(async (manager) => {
      const job = await test.queue.withDelay(worker, { manager, eta: '1 h' }).send();
      inside = typesOf(job);
      return [job];
    });
    expect(inside).toEqual([]);
    await eventually(() => expect(typesOf(kept)).toEqual(['enqueued']));
    let gone: QueueJob | undefined;
    const rolledBack = test.dataSource.transaction(async (manager) => {
      gone = await test.queue.withDelay(worker, { manager, eta: '1 h' }).send();
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    const last = await test.queue.withDelay(worker).send();
    await eventually(() => expect(typesOf(last)).toContain('done'));
    expect(typesOf(gone as QueueJob)).toEqual([]);
  });

  it('can be used with the operators of rxjs', async () => {
    const names: string[] = [];
    const piped = test.queue.events$
      .pipe(
        filter(({ type }) => type === 'done'),
        map(({ job }) => job.name),
      )
      .subscribe((name) => names.push(name));
    await test.queue.finished(await test.queue.withDelay(worker).whole());
    await eventually(() => expect(names).toEqual(['Worker.whole']));
    piped.unsubscribe();
  });

  it('of the whole cluster reach other processes, once each', async () => {
    const other = await startApplication({
      url: database.url,
      providers: [Worker, ClusterListener],
      options: { runner: { channels: ['root.elsewhere'] } },
      logger: false,
    });
    try {
      const cluster = other.get(ClusterListener);
      subscription.unsubscribe();
      await eventually(async () => {
        const { uuid } = await test.queue.withDelay(worker).send();
        await eventually(
          () =>
            expect(cluster.heard.filter(({ job }) => job.uuid === uuid).map(({ type }) => type)).toContain(
              'done',
            ),
          500,
        );
      }, 30_000);
      cluster.heard.length = 0;
      worker.work = () => {
        throw new TypeError(`Broken ${'ü'.repeat(9_000)}`);
      };
      const job = await test.queue.withDelay(worker, { description: 'ü'.repeat(1_000) }).send();
      const mine = await other.queue.withDelay(other.get(Worker), { channel: 'root.elsewhere' }).whole();
      await eventually(() => expect(cluster.heard.length).toBe(4));
      const heardOf = ({ uuid }: QueueJob): JobEvent[] =>
        cluster.heard.filter((event) => event.job.uuid === uuid);
      expect(heardOf(job)).toMatchObject([
        { type: 'enqueued', node: null },
        { type: 'failed', node: test.runner.nodeId, error: { name: 'TypeError' }, at: expect.any(Date) },
      ]);
      expect(heardOf(job)[1]?.job.description.length).toBe(200);
      expect(heardOf(job)[1]?.error?.stack).toBeUndefined();
      // Either process may have run it, and its method fails in one of them.
      expect(heardOf(mine).map(({ type }) => type)).toEqual([
        'enqueued',
        expect.stringMatching(/^(done|failed)$/),
      ]);
    } finally {
      await other.close();
    }
  });
});

describe('without listeners', () => {
  it('no event is made, and nothing is sent', async () => {
    const database = await createTestDatabase();
    const test = await startApplication({ url: database.url, providers: [Worker], logger: false });
    try {
      const { events } = (
        test.queue as unknown as { parts: { store: { events: { wanted: boolean; emit: unknown } } } }
      ).parts.store;
      let emitted = 0;
      events.emit = () => (emitted += 1);
      expect(events.wanted).toBe(false);
      await test.queue.finished(await test.queue.withDelay(test.get(Worker)).send());
      expect(emitted).toBe(0);
    } finally {
      await test.close();
      await database.drop();
    }
  });
});
