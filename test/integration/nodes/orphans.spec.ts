import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { LogBook } from '../../support/log-book.js';
import { orphansOf } from '../../support/orphans.js';
import { connect, countOf } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

@Injectable()
class Worker {
  mayEnd = new Gate();

  @Job()
  async work(what: string): Promise<string> {
    await this.mayEnd.opened;
    return what;
  }
}

describe('a job at a node that would never end it', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  const log = new LogBook();

  beforeEach(async () => {
    log.entries.length = 0;
    database = await createTestDatabase();
    client = await connect(database.url);
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'root.one:1' },
      logger: log,
    });
    test.get(Worker).mayEnd.open();
  });

  afterEach(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  const told = (uuid: string): boolean =>
    log.entries.some(({ level, message }) => level === 'warn' && message.includes(uuid));

  /** Stores a job that no node can take, and puts it where `sql` says. */
  const lose = async (sql: string): Promise<string> => {
    await test.runner.stop();
    const { uuid } = await test.queue.withDelay(Worker, { channel: 'root.one' }).work('found');
    await client.query(`UPDATE queue_job SET retry = 1, ${sql} WHERE uuid = $1`, [uuid]);
    expect(await orphansOf(client)).toHaveLength(1);
    await test.runner.start();
    return uuid;
  };

  it.each([
    { where: 'a node that never was', sql: `node = 4711, state = 'enqueued'` },
    {
      where: 'a node that has ended',
      sql: `state = 'enqueued', node = (SELECT min(id) FROM queue_job_node WHERE NOT alive)`,
    },
    { where: 'a node that is gone, its method begun', sql: `node = 4711, state = 'started', phase = 3` },
  ])(
    'such as $where is given back within 30 seconds, runs, and is in the log',
    async ({ sql }) => {
      const uuid = await lose(sql);
      await expect(test.queue.finished(uuid, { timeout: 30_000 })).resolves.toBe('found');
      expect(told(uuid)).toBe(true);
      expect(await orphansOf(client)).toEqual([]);
    },
    60_000,
  );

  it('such as a living one that has no claim with it is given back, and the permit with it', async () => {
    const { uuid } = await test.queue.withDelay(Worker, { eta: 3600 }).work('found');
    await client.query(
      `UPDATE queue_job SET state = 'enqueued', retry = 1, phase = 2, eta = NULL, channel = 'root.one', node = $2 WHERE uuid = $1`,
      [uuid, test.runner.nodeId],
    );
    await client.query(`INSERT INTO queue_job_permit VALUES ('root.one', $1, 1)`, [test.runner.nodeId]);
    await expect(test.queue.finished(uuid, { timeout: 30_000 })).resolves.toBe('found');
    expect(told(uuid)).toBe(true);
    await eventually(async () =>
      expect(await countOf(client, 'SELECT coalesce(sum(count), 0) AS count FROM queue_job_permit')).toBe(0),
    );
  }, 60_000);

  it('such as a living one that knows nothing of its claim is given back by that node itself', async () => {
    const { uuid } = await test.queue.withDelay(Worker, { eta: 3600 }).work('found');
    await client.query(
      `UPDATE queue_job SET state = 'enqueued', retry = 1, phase = 2, eta = NULL, node = $2 WHERE uuid = $1`,
      [uuid, test.runner.nodeId],
    );
    await client.query('INSERT INTO queue_job_claim VALUES ($1, 1000000, ARRAY[$2::uuid])', [
      test.runner.nodeId,
      uuid,
    ]);
    await expect(test.queue.finished(uuid, { timeout: 30_000 })).resolves.toBe('found');
    expect(told(uuid)).toBe(true);
  }, 60_000);

  it('is never taken for one while it is at a living node, claimed, running or ending', async () => {
    const { store, close } = await openTestStore(database.url);
    const worker = test.get(Worker);
    worker.mayEnd = new Gate();
    const jobs = await test.queue.delayAll(
      Array.from({ length: 30 }, () => test.queue.delayable(Worker).work('mine')),
    );
    await eventually(async () =>
      expect(await countOf(client, 'SELECT count(*) FROM queue_job WHERE node IS NOT NULL')).toBeGreaterThan(
        0,
      ),
    );
    const played = await PlayedNode.register(store);
    for (let look = 0; look < 20; look += 1) {
      if (look === 10) worker.mayEnd.open();
      await played.cycle({ names: ['Nobody.knows'] });
      expect(await store.nodes.rescueOrphans()).toEqual([]);
    }
    for (const job of jobs) await test.queue.finished(job);
    expect(await countOf(client, 'SELECT count(*) FROM queue_job_attempt')).toBe(0);
    await close();
  });
});
