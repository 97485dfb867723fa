import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import {
  Job,
  JobCancelledError,
  JobFailedError,
  type QueueJobModuleOptions,
  RetryableJobError,
} from '../../../lib/index.js';
import { CompletionWatcher } from '../../../lib/inspect/completion-watcher.js';
import { QueueParts } from '../../../lib/services/queue-parts.js';
import { Notifier } from '../../../lib/store/notify/notifier.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** Its name and its methods are those of the jobs that cluster nodes run. */
@Injectable()
class Recorder {
  static gate = new Gate();
  static began = new Gate();
  static behave: () => unknown = () => 'done';

  @Job({ maxRetries: 3 })
  async wait(): Promise<unknown> {
    Recorder.began.open();
    await Recorder.gate.opened;
    return Recorder.behave();
  }

  @Job({ maxRetries: 1 })
  async work(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

const IN_TIME = { timeout: 30_000 };

let database: TestDatabase;
let client: Client;
let apps: TestApplication[];
let polls: jest.SpiedFunction<() => void>;

const start = async (runner: NonNullable<QueueJobModuleOptions['runner']>): Promise<TestApplication> => {
  const app = await startApplication({
    url: database.url,
    providers: [Recorder],
    options: { runner },
    logger: false,
  });
  apps.push(app);
  return app;
};

/** The nodes know for how many jobs somebody waits. */
const awaited = async (app: TestApplication, count: number): Promise<void> =>
  eventually(() => expect(app.get(Store).notifier.ends.size).toBe(count));

const hears = async (app: TestApplication): Promise<void> =>
  eventually(() => expect(app.get(Store).notifier.listener.hears).toBe(true));

beforeEach(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  apps = [];
  [Recorder.gate, Recorder.began] = [new Gate(), new Gate()];
  Recorder.behave = () => 'done';
  // Who waits looks once, and then again only if it is notified.
  polls = jest
    .spyOn(CompletionWatcher.prototype as unknown as { lookAtDue(): void }, 'lookAtDue')
    .mockReturnValue();
});

afterEach(async () => {
  Recorder.gate.open();
  await Promise.all(apps.map((app) => app.close()));
  polls.mockRestore();
  await client.end();
  await database.drop();
});

describe('a process without a node that waits for a job', () => {
  it('is notified of its end by the node that ran it', async () => {
    const [web, node] = [await start(false), await start({})];
    const job = await web.queue.withDelay(Recorder).wait();
    const waiting = web.queue.finished(job, IN_TIME);
    await awaited(node, 1);
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
    await awaited(node, 0);
    expect(web.get(QueueParts).completions.size).toBe(0);
  });

  it('is notified at the last attempt, with its error', async () => {
    const [web, node] = [await start(false), await start({})];
    let attempts = 0;
    Recorder.behave = () => {
      attempts += 1;
      throw attempts < 3 ? new RetryableJobError('busy', { seconds: 0 }) : new TypeError('broken');
    };
    const job = await web.queue.withDelay(Recorder).wait();
    const waiting = web.queue.finished(job, IN_TIME).catch((error: unknown) => error);
    await awaited(node, 1);
    Recorder.gate.open();
    expect(await waiting).toMatchObject({ cause: { name: 'TypeError', message: 'broken' } });
    expect(attempts).toBe(3);
  });

  it('is notified of what a third process does, which knows of nobody who waits', async () => {
    const [web, node, other] = [await start(false), await start({}), await start(false)];
    const later = await web.queue.withDelay(Recorder, { eta: '1h' }).wait();
    const never = await web.queue.withDelay(Recorder, { eta: '1h' }).wait();
    const cancelled = web.queue.finished(later, IN_TIME).catch((error: unknown) => error);
    const done = web.queue.finished(never, IN_TIME);
    await awaited(node, 2);
    await other.queue.cancel(later.uuid, { by: 'Ada' });
    await other.queue.setDone(never.uuid, { by: 'Ada' });
    expect(await cancelled).toBeInstanceOf(JobCancelledError);
    await expect(done).resolves.toBe('Manually set to done by Ada');
    await awaited(node, 0);
  });

  it('is notified by a node that has started after it', async () => {
    const web = await start(false);
    const job = await web.queue.withDelay(Recorder).wait();
    const waiting = web.queue.finished(job, IN_TIME);
    await hears(web);
    const node = await start({});
    await awaited(node, 1);
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
  });

  it('is notified by the node that finds the one dead that ran it', async () => {
    const web = await start(false);
    const dying = await ClusterNode.start(database.url, {});
    const job = await web.queue.withDelay(Recorder).work(600_000);
    const waiting = web.queue.finished(job, IN_TIME).catch((error: unknown) => error);
    await eventually(() => expect(dying.events.length).toBe(1));
    await eventually(async () =>
      expect(await countOf(client, "SELECT count(*) FROM queue_job WHERE state = 'started'")).toBe(1),
    );
    const node = await start({});
    await awaited(node, 1);
    dying.process.kill('SIGKILL');
    expect(await waiting).toBeInstanceOf(JobFailedError);
  }, 60_000);

  it('has a thousand of them, and leaves nothing behind', async () => {
    const [web, node] = [await start(false), await start({ concurrency: 50 })];
    const calls = Array.from({ length: 1_000 }, async () => web.queue.withDelay(Recorder).wait());
    const jobs = await Promise.all(calls);
    const waiting = Promise.all(jobs.map(async (job) => web.queue.finished(job, IN_TIME)));
    await awaited(node, 1_000);
    Recorder.gate.open();
    expect(new Set(await waiting)).toEqual(new Set(['done']));
    await awaited(node, 0);
    expect(web.get(QueueParts).completions.size).toBe(0);
  }, 60_000);

  it('hears again after its connection was lost', async () => {
    const [web, node] = [await start(false), await start({})];
    const job = await web.queue.withDelay(Recorder).wait();
    const waiting = web.queue.finished(job, IN_TIME);
    await awaited(node, 1);
    const { listener } = web.get(Store).notifier;
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN %' AND pid NOT IN (SELECT backend FROM queue_job_node WHERE alive)`,
    );
    await eventually(() => expect(listener.hears).toBe(false));
    polls.mockRestore();
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
  });

  it('finds the end by itself if notifications are lost', async () => {
    polls.mockRestore();
    const [web, node] = [await start(false), await start({})];
    const job = await web.queue.withDelay(Recorder).wait();
    const waiting = web.queue.finished(job, IN_TIME);
    await awaited(node, 1);
    const lost = jest.spyOn(web.get(Store).notifier, 'receive').mockReturnValue();
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
    lost.mockRestore();
  });
});

describe('a process with a node of its own that waits for a job', () => {
  it('is notified if another node runs it', async () => {
    const [one, node] = [await start({ channels: ['root.other'] }), await start({ channels: ['root.here'] })];
    const job = await one.queue.withDelay(Recorder, { channel: 'here' }).wait();
    const waiting = one.queue.finished(job, IN_TIME);
    await awaited(node, 1);
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
  });

  it('tells nobody while there is no other node', async () => {
    const only = await start({});
    const { notifier } = only.get(Store);
    await eventually(() => expect(notifier.alone?.()).toBe(true));
    const announce = jest.spyOn(notifier.ends, 'announce');
    const job = await only.queue.withDelay(Recorder).wait();
    const waiting = only.queue.finished(job, IN_TIME);
    await Recorder.began.opened;
    Recorder.gate.open();
    await expect(waiting).resolves.toBe('done');
    expect(announce).not.toHaveBeenCalled();
  });
});

it('with listen: false, a process polls, and opens no connection to hear', async () => {
  polls.mockRestore();
  const [web, node] = [await start({ listen: false, channels: ['root.other'] }), await start({})];
  const job = await web.queue.withDelay(Recorder).wait();
  const waiting = web.queue.finished(job, IN_TIME);
  await Recorder.began.opened;
  Recorder.gate.open();
  await expect(waiting).resolves.toBe('done');
  expect(web.get(Store).notifier.listener.hears).toBe(false);
  expect(node.get(Store).notifier.ends.size).toBe(0);
});

it('a job that nobody waits for is in no notification of ends', async () => {
  const [web, node] = [await start(false), await start({})];
  const heard: string[] = [];
  client.on('notification', ({ payload = '' }) => heard.push(payload));
  await client.query('LISTEN "public.queue_job"');
  const looks = jest.spyOn(Notifier.prototype, 'publishEnded');
  const job = await web.queue.withDelay(Recorder).wait();
  Recorder.gate.open();
  await eventually(() => expect(looks).toHaveBeenCalledWith([job.uuid]));
  await node.close();
  await eventually(() => expect(heard.some((payload) => payload.includes('"full"'))).toBe(true));
  expect(heard.filter((payload) => payload.includes('"ended"'))).toEqual([]);
  looks.mockRestore();
});
