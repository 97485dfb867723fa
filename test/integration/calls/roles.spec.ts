import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { currentJob, Job, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  role = '';

  @Job()
  async take(): Promise<void> {}

  @Job({ transactional: true })
  async whole(): Promise<string> {
    const { manager } = currentJob();
    await manager.query(`SET LOCAL ROLE ${this.role}`);
    const [row] = await manager.query<[{ role: string }]>('SELECT current_user AS role');
    return row.role;
  }
}

/** The statements that docs/deployment.md gives for such a role. */
async function grantsFor(role: string): Promise<string> {
  const text = await readFile(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
  const block = /```sql\n(-- Roles that transactions switch to[^`]*)```/.exec(text)?.[1] ?? '';
  expect(block).toContain('GRANT');
  return block.replaceAll('app_tenant', role);
}

describe('a transaction that switches to another role', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let worker: Worker;
  let role: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'held:1:paused' },
      logger: false,
    });
    worker = test.get(Worker);
    role = worker.role = `${database.role}_tenant`;
    await database.asAdmin(`CREATE ROLE ${role}; GRANT ${role} TO ${database.role}`);
  });

  afterAll(async () => {
    await test.close();
    await database.asAdmin(`DROP OWNED BY ${role}`);
    await database.asAdmin(`DROP ROLE ${role}`);
    await database.drop();
  });

  const stored = async (): Promise<QueueJob[]> => {
    const jobs = test.queue.delayable(worker, { channel: 'held' });
    return test.dataSource.transaction(async (manager) => {
      await manager.query(`SET LOCAL ROLE ${role}`);
      const graph = jobs.take();
      await graph.onDone(jobs.take()).delay({ manager });
      const batch = await test.batches.create('b', { manager, onDone: jobs.take(), onProgress: jobs.take() });
      await batch.add(jobs.take(), { manager });
      await batch.close({ manager });
      return [
        await test.queue.withDelay(worker, { channel: 'held', manager }).take(),
        await test.queue.withDelay(worker, { channel: 'held', manager, identityKey: 'k' }).take(),
        await test.queue.withDelay(worker, { channel: 'held', manager, identityKey: 'k' }).take(),
      ];
    });
  };

  it('is refused by PostgreSQL without the grants', async () => {
    await expect(stored()).rejects.toThrow('permission denied for table queue_job');
    const job = await test.queue.withDelay(worker).whole();
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow('permission denied');
  });

  it('stores jobs, and ends its own, with the grants of docs/deployment.md', async () => {
    await database.asAdmin(await grantsFor(role));
    const jobs = await stored();
    expect(jobs[2]).toMatchObject({ uuid: jobs[1]?.uuid, deduplicated: true });
    const tenant = test.queue.delayable(worker);
    const parent = tenant.whole();
    const child = tenant.take();
    const batch = await test.batches.create('whole', { onDone: tenant.take(), jobs: [parent.onDone(child)] });
    await expect(test.queue.finished(parent.uuid, { timeout: 5_000 })).resolves.toBe(role);
    await test.queue.finished(child.uuid, { timeout: 5_000 });
    expect(await batch.finished({ timeout: 5_000 })).toMatchObject({ counts: { done: 2 } });
  });
});
