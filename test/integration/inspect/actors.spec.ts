import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import {
  type ActorOptions,
  Job,
  JobFunctionService,
  NodeService,
  ScheduleService,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { fingerprint } from '../../support/bad-input/fingerprint.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

class Worker {
  @Job()
  async run(): Promise<void> {}
}

/** What the actions are done to. */
interface Scene {
  readonly waiting: string;
  readonly failed: string;
  readonly batch: string;
  readonly node: number;
}

/** Methods of the services that change nothing of what is stored, or store what the caller answers for. */
const READS: Readonly<Record<string, readonly string[]>> = {
  QueueService: [
    ...['attempts', 'counts', 'explain', 'find', 'findByIdentityKey', 'finished', 'graph', 'list', 'logs'],
    ...['relatedAction', 'waitingFor', 'withDelay', 'delayable', 'delayAll', 'batch', 'enqueue'],
  ],
  BatchService: ['create', 'current', 'find', 'list'],
  ChannelService: ['get', 'list'],
  JobFunctionService: ['list'],
  NodeService: ['list'],
  ScheduleService: ['get', 'list', 'runs'],
};

const LIB = join(import.meta.dirname, '../../../lib');
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  QueueService: ['services/queue.service.ts', 'services/stored-jobs.ts', 'services/job-inspection.ts'],
  BatchService: ['services/batch.service.ts'],
  ChannelService: ['services/channel.service.ts'],
  JobFunctionService: ['services/job-function.service.ts'],
  NodeService: ['services/node.service.ts'],
  ScheduleService: ['schedule/schedule.service.ts'],
};

describe('who does something', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let client: Client;
  let scene: Scene;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { schedules: false, channels: 'held:1:paused' },
    });
    client = await connect(database.url);
    const jobs = test.queue.delayable(Worker, { eta: '1 h', channel: 'held' });
    const [waiting, failed] = await test.queue.delayAll([jobs.run(), jobs.run()]);
    const batch = await test.batches.create('actors');
    const [node] = await test.get(NodeService).list();
    await client.query(`UPDATE queue_job SET state = 'failed', phase = 4 WHERE uuid = $1`, [failed?.uuid]);
    scene = {
      waiting: waiting?.uuid as string,
      failed: failed?.uuid as string,
      batch: batch.uuid,
      node: node?.id as number,
    };
  });

  afterAll(async () => {
    await client.end();
    await test.close();
    await database.drop();
  });

  /** Every action, by the name that the audit trail has for it; those above prepare those below. */
  type Action = (by: ActorOptions | undefined) => Promise<unknown>;
  const functions = () => test.get(JobFunctionService);
  const schedules = () => test.get(ScheduleService);
  const nodes = () => test.get(NodeService);
  const target = 'Worker.run';
  const yearly = () => ({ cron: '@yearly', call: test.queue.delayable(Worker).run() });
  // prettier-ignore
  const actions: readonly (readonly [method: string, recorded: string, act: Action])[] = [
    ['QueueService.update', 'jobs.update', async (by) => test.queue.update(scene.waiting, { priority: 3 }, by)],
    ['QueueService.postpone', 'jobs.postpone', async (by) => test.queue.postpone(scene.waiting, { seconds: '1 h', ...by })],
    ['QueueService.releaseKey', 'keys.release', async (by) => test.queue.releaseKey('some key', by)],
    ['QueueService.requeue', 'jobs.requeue', async (by) => test.queue.requeue(scene.failed, by)],
    ['QueueService.changeAll', 'jobs.runNow', async (by) => test.queue.changeAll('runNow', [scene.waiting], by)],
    ['QueueService.setDone', 'jobs.setDone', async (by) => test.queue.setDone(scene.failed, by)],
    ['QueueService.cancel', 'jobs.cancel', async (by) => test.queue.cancel(scene.waiting, by)],
    ['QueueService.delete', 'jobs.delete', async (by) => test.queue.delete(scene.waiting, by)],
    ['Batch.cancel', 'batches.cancel', async (by) => (await test.batches.find(scene.batch))?.cancel(by)],
    ['ChannelService.configure', 'channels.change', async (by) => test.channels.configure('actors', { capacity: 2 }, by)],
    ['ChannelService.pause', 'channels.change', async (by) => test.channels.pause('actors', by)],
    ['ChannelService.resume', 'channels.change', async (by) => test.channels.resume('actors', by)],
    ['ChannelService.reset', 'channels.reset', async (by) => test.channels.reset('actors', by)],
    ['JobFunctionService.configure', 'functions.change', async (by) => functions().configure(target, { channel: 'actors' }, by)],
    ['JobFunctionService.pause', 'functions.pause', async (by) => functions().pause(target, by)],
    ['JobFunctionService.resume', 'functions.resume', async (by) => functions().resume(target, by)],
    ['JobFunctionService.reset', 'functions.reset', async (by) => functions().reset(target, by)],
    ['ScheduleService.upsert', 'schedules.upsert', async (by) => schedules().upsert('actors', yearly(), by)],
    ['ScheduleService.configure', 'schedules.change', async (by) => schedules().configure('actors', { priority: 3 }, by)],
    ['ScheduleService.pause', 'schedules.pause', async (by) => schedules().pause('actors', by)],
    ['ScheduleService.resume', 'schedules.resume', async (by) => schedules().resume('actors', by)],
    ['ScheduleService.runNow', 'schedules.run', async (by) => schedules().runNow('actors', by)],
    ['ScheduleService.reset', 'schedules.reset', async (by) => schedules().reset('actors', by)],
    ['ScheduleService.remove', 'schedules.remove', async (by) => schedules().remove('actors', by)],
    ['NodeService.drain', 'nodes.drain', async (by) => nodes().drain(scene.node, by)],
    ['NodeService.resume', 'nodes.resume', async (by) => nodes().resume(scene.node, by)],
    ['NodeService.stop', 'nodes.stop', async (by) => nodes().stop(scene.node, by)],
  ];

  const records = async (): Promise<{ actor: string; action: string; details: object }[]> =>
    (await client.query('DELETE FROM queue_job_audit RETURNING actor, action, details')).rows as never;

  it('is asked for by every method of every service that changes something', () => {
    const methods = Object.entries(SOURCES).flatMap(([service, files]) =>
      publicMethods(...files).map((name) => `${service}.${name}`),
    );
    const known = Object.entries(READS).flatMap(([service, names]) =>
      names.map((name) => `${service}.${name}`),
    );
    const acting = actions.flatMap(([method]) => (method.startsWith('Batch.') ? [] : [method]));
    expect(methods.sort()).toEqual([...known, ...acting].sort());
  });

  it.each([
    ['an empty text', ''],
    ['blanks', ' '],
    ['too long', 'x'.repeat(256)],
    ['a NUL byte', 'a\0b'],
    ['half a character', 'a\ud83d'],
    ['a number', 5],
    ['null', null],
    ['an object', {}],
  ])('is refused if it is no name: %s', async (_, by) => {
    const before = await fingerprint(client, 'queue_job_node');
    for (const [method, , act] of actions) {
      const given = { by } as never;
      await expect(act(given).catch((error: unknown) => `${method}: ${String(error)}`)).resolves.toContain(
        `${method}: InvalidJobOptionError: by must be a string of 1 to 255 characters`,
      );
    }
    expect(await fingerprint(client, 'queue_job_node')).toBe(before);
  });

  it('is recorded, with what was done', async () => {
    for (const [method, recorded, act] of actions) {
      await act({ by: 'Ada' });
      const [record, ...others] = await records();
      expect([method, record?.action, record?.actor, others]).toEqual([method, recorded, 'Ada', []]);
    }
  });

  it('is recorded with the error of what could not be done', async () => {
    await expect(test.queue.requeue(scene.waiting, { by: 'Ada' })).rejects.toThrow('There is no job');
    expect(await records()).toMatchObject([
      {
        actor: 'Ada',
        action: 'jobs.requeue',
        details: { ended: true, error: expect.stringContaining('There is no job') },
      },
    ]);
  });

  it('is not recorded if nobody is named', async () => {
    await test.channels.pause('actors');
    await test.channels.reset('actors');
    await functions().pause(target);
    await functions().resume(target);
    await test.queue.releaseKey('some key');
    await test.queue.cancel((await test.queue.withDelay(Worker, { eta: '1 h' }).run()).uuid);
    expect(await records()).toEqual([]);
  });
});

/** What an application can call, by the source of the class: no method that is private or protected. */
function publicMethods(...files: readonly string[]): string[] {
  const text = files.map((file) => readFileSync(join(LIB, file), 'utf8')).join('\n');
  const names = [...text.matchAll(/^ {2}(?:async )?(?!if\b|for\b)(\w+)(?:<.*?>)?\(/gm)].map(
    ([, name]) => name as string,
  );
  return [...new Set(names)].filter((name) => !['constructor', 'onApplicationShutdown'].includes(name));
}
