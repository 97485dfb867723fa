import { Injectable } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { ActionProgress, BatchView } from '../../../lib/dashboard.js';
import { FailedJobError, Job, type QueueJob } from '../../../lib/index.js';
import { startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Works {
  readonly ran: string[] = [];

  @Job()
  async run(label: string, fails = false): Promise<void> {
    if (fails) throw new FailedJobError('It can not be done');
    this.ran.push(label);
    return Promise.resolve();
  }
}

describe('deleting in the dashboard, while nodes run', () => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: new ExpressAdapter(),
      providers: [Works],
      options: {
        runner: { shutdownTimeout: 500 },
        channels: 'root,root.line:1:sequential,root.off:1:paused',
      },
      logger: ['fatal'],
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const remove = async (...jobs: readonly QueueJob[]): Promise<ActionProgress> => {
    const response = await test.send('jobs/actions/delete', { uuids: jobs.map(({ uuid }) => uuid) });
    return JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '') as ActionProgress;
  };
  const failed = async ({ uuid }: QueueJob): Promise<void> => {
    await expect(test.queue.finished(uuid, { timeout: 10_000 })).rejects.toThrow('It can not be done');
  };

  it('keeps the counts of a batch right: what is gone was done, or else counts as cancelled', async () => {
    const batch = await test.batches.create('a month');
    const here = test.queue.delayable(Works);
    const off = test.queue.delayable(Works, { channel: 'off' });
    const [done, bad, waits, stays] = (await batch.add([
      here.run('done'),
      here.run('bad', true),
      off.run('waits'),
      off.run('stays'),
    ])) as [QueueJob, QueueJob, QueueJob, QueueJob];
    await test.queue.finished(done.uuid);
    await failed(bad);
    const view = async (): Promise<BatchView> => test.get(`batches/${batch.uuid}`);
    expect(await view()).toMatchObject({
      total: 4,
      counts: { done: 1, failed: 1, pending: 2, cancelled: 0 },
    });
    expect(await remove(done, bad, waits)).toMatchObject({ changed: 3, unchanged: [] });
    expect(await view()).toMatchObject({
      total: 4,
      completeness: 0.75,
      counts: { done: 1, failed: 0, pending: 1, cancelled: 2 },
    });
    await batch.close();
    expect((await view()).state).toBe('closed');
    await remove(stays);
    // No member is left, and still it tells of all of them.
    expect(await view()).toMatchObject({ state: 'ended', total: 4, counts: { done: 1, cancelled: 3 } });
  });

  it('lets a sequential channel go on after the failed job that stopped it', async () => {
    const line = test.queue.withDelay(Works, { channel: 'line' });
    const first = await line.run('first', true);
    await failed(first);
    const second = await line.run('second');
    // A later one outside of the channel goes by it: so the node has looked.
    await test.queue.finished((await test.queue.withDelay(Works).run('beside')).uuid);
    expect((await test.queue.find(second.uuid))?.state).toBe('pending');
    expect((await remove(first)).changed).toBe(1);
    await test.queue.finished(second.uuid, { timeout: 10_000 });
    expect(test.app.get(Works).ran).toContain('second');
  });

  it('cancels what waited for a failed parent that is gone, down the graph, and nothing else', async () => {
    const works = test.queue.delayable(Works);
    const [bad, good, child, grandchild, cousin] = [
      works.run('bad', true),
      works.run('good'),
      works.run('child'),
      works.run('grandchild'),
      works.run('cousin'),
    ];
    bad.onDone(child);
    child.onDone(grandchild);
    good.onDone(child, cousin);
    const [stored] = await test.queue.delayAll([bad, good]);
    const { jobs } = await test.queue.graph(stored?.graphUuid ?? '');
    const named = (label: string): QueueJob => jobs.find(({ args }) => args[0] === label) as QueueJob;
    await failed(named('bad'));
    await test.queue.finished(named('good').uuid);
    await remove(named('bad'));
    await eventually(async () => {
      const states = ['child', 'grandchild', 'cousin'].map(
        async (label) => (await test.queue.find(named(label).uuid))?.state,
      );
      expect(await Promise.all(states)).toEqual(['cancelled', 'cancelled', 'done']);
    });
    expect(await test.queue.find(named('bad').uuid)).toBeNull();
  });
});
