import { group, type QueueJob } from '../../../lib/index.js';
import { START_OF_HISTORY } from '../../../lib/store/jobs/history-store.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { builder, Steps } from '../../support/steps.js';

/** Retention removes cancelled jobs, and people delete them. */
describe('a job whose cancelled parent is no longer stored', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let build: ReturnType<typeof builder>;
  const closed = { channel: 'closed' };

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Steps],
      options: { channels: 'closed:1:paused' },
      logger: false,
    });
    build = builder(test.queue);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const prune = async (): Promise<void> => {
    while ((await test.get(Store).history.prune(-1_000, -1_000, START_OF_HISTORY, 1_000)).count > 0);
  };
  const remove: Record<string, (parent: QueueJob) => Promise<unknown>> = {
    deleted: async ({ uuid }) => test.queue.delete(uuid),
    pruned: prune,
  };

  /** A child of cancelled parents, itself cancelled with them. */
  const cancelled = async (count = 1): Promise<{ parents: QueueJob[]; child: QueueJob }> => {
    const labels = Array.from({ length: count }, (_, at) => `parent ${at}`);
    const jobs = await group(...labels.map((label) => build.run(label, closed)))
      .onDone(build.collect('child'))
      .delay();
    const child = jobs.at(-1) as QueueJob;
    const parents = jobs.slice(0, -1);
    for (const { uuid } of parents) await test.queue.cancel(uuid);
    expect((await test.queue.find(child.uuid))?.state).toBe('cancelled');
    return { parents, child };
  };

  it('runs once it is requeued after that was deleted', async () => {
    const { parents, child } = await cancelled();
    await test.queue.delete((parents[0] as QueueJob).uuid);
    await test.queue.requeue(child.uuid);
    await expect(test.queue.finished(child, { timeout: '20 s' })).resolves.toEqual(['child']);
  });

  it('runs once it is requeued after that was pruned', async () => {
    const { parents, child } = await cancelled();
    // Kept for longer than its parent, as in a channel with a longer removalInterval.
    await test.dataSource.query(`UPDATE queue_job_history SET date_done = 'infinity' WHERE uuid = $1`, [
      child.uuid,
    ]);
    await prune();
    expect(await test.queue.find((parents[0] as QueueJob).uuid)).toBeNull();
    await test.queue.requeue(child.uuid);
    await expect(test.queue.finished(child, { timeout: '20 s' })).resolves.toEqual(['child']);
  });

  it('waits for the parents that are still stored', async () => {
    const { parents, child } = await cancelled(2);
    const [first, second] = parents as [QueueJob, QueueJob];
    await test.queue.delete(first.uuid);
    expect((await test.queue.requeue(child.uuid)).state).toBe('wait_dependencies');
    expect((await test.queue.waitingFor(child.uuid)).map(({ uuid }) => uuid)).toEqual([second.uuid]);
    await test.queue.setDone(second.uuid);
    await test.queue.finished(child, { timeout: '20 s' });
  });

  it.each(Object.keys(remove))('is cancelled again if it waits for one that is then %s', async (how) => {
    const { parents, child } = await cancelled();
    expect((await test.queue.requeue(child.uuid)).state).toBe('wait_dependencies');
    await remove[how]?.(parents[0] as QueueJob);
    expect(await test.queue.find((parents[0] as QueueJob).uuid)).toBeNull();
    const found = await test.dataSource.query('SELECT state, result FROM queue_job_history WHERE uuid = $1', [
      child.uuid,
    ]);
    // Pruned with the very same pass, since it has ended by then.
    if (how === 'deleted')
      expect(found).toEqual([{ state: 'cancelled', result: 'Cancelled with its parents' }]);
    expect(await test.dataSource.query('SELECT FROM queue_job WHERE uuid = $1', [child.uuid])).toEqual([]);
  });

  it('never waits forever, though the two happen at the same moment', async () => {
    for (let round = 0; round < 25; round += 1) {
      const { parents, child } = await cancelled();
      await Promise.all([
        test.queue.requeue(child.uuid),
        round % 2 === 0 ? test.queue.delete((parents[0] as QueueJob).uuid) : prune(),
      ]).catch(() => undefined);
    }
    const waiting = await test.dataSource.query(
      `SELECT j.uuid FROM queue_job j JOIN queue_job_dependency d ON d.child = j.uuid AND NOT d.satisfied
       WHERE j.state = 'wait_dependencies'
         AND NOT EXISTS (SELECT FROM queue_job p WHERE p.uuid = d.parent)
         AND NOT EXISTS (SELECT FROM queue_job_history p WHERE p.uuid = d.parent)`,
    );
    expect(waiting).toEqual([]);
  });
});
