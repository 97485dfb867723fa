import { Injectable } from '@nestjs/common';
import { currentJob, Job, NodeService, type QueueJob } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Worker {
  readonly ran: QueueJob[] = [];

  @Job()
  async note(): Promise<void> {
    this.ran.push(currentJob().job);
    return Promise.resolve();
  }
}

describe('what is asked of a node from another process', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let web: TestApplication;
  let nodes: NodeService;
  let id: number;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker] });
    web = await startApplication({ url: database.url, providers: [Worker], options: { runner: false } });
    nodes = web.get(NodeService);
    id = test.runner.nodeId as number;
  });

  afterEach(async () => {
    await test.close();
    await web.close();
    await database.drop();
  });

  it('holds for every job that is stored afterwards, in whatever process', async () => {
    const worker = test.get(Worker);
    for (let round = 0; round < 10; round += 1) {
      await nodes.drain(id);
      const before = worker.ran.length;
      const jobs = await Promise.all([
        web.queue.withDelay(Worker).note(),
        test.queue.withDelay(worker).note(),
        web.queue.withDelay(Worker).note(),
      ]);
      // The node answers its own process through the same round trips that would claim.
      expect((await test.queue.list({ uuids: jobs.map(({ uuid }) => uuid) })).map(({ state }) => state)).toEqual([
        'pending', 'pending', 'pending',
      ]); // prettier-ignore
      expect(worker.ran.length).toBe(before);
      await nodes.resume(id);
      await eventually(() => expect(worker.ran.length).toBe(before + 3), 2_000);
    }
  }, 30_000);

  it('is done at once, not with its next heartbeat', async () => {
    const times: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const asked = performance.now();
      await nodes.drain(id);
      await nodes.resume(id);
      const job = await web.queue.withDelay(Worker).note();
      await test.queue.finished(job, { timeout: 5_000 });
      times.push(performance.now() - asked);
    }
    // A heartbeat comes once a second.
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(400);
    await nodes.stop(id);
    await eventually(() => expect(test.runner.running).toBe(false), 500);
  });

  it('shows a running job as its type says: what it has not is null', async () => {
    const worker = test.get(Worker);
    const called = await test.queue.withDelay(worker).note();
    await eventually(() => expect(worker.ran.length).toBe(1));
    const nulls = { excFingerprint: null, excName: null, progress: null, progressTotal: null };
    expect(called).toMatchObject({ ...nulls, node: null });
    expect(worker.ran[0]).toMatchObject({ ...nulls, node: id });
  });
});
