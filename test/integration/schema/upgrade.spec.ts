import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Job, NodeService, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Worker {
  gate = new Gate();
  readonly runs: string[] = [];
  failing = true;

  @Job()
  async run(label: string): Promise<string> {
    this.runs.push(label);
    return Promise.resolve(label);
  }

  @Job()
  async block(label: string): Promise<string> {
    await this.gate.opened;
    return label;
  }

  @Job({ maxRetries: 1 })
  async fail(): Promise<string> {
    if (this.failing) throw new Error('no paper');
    return Promise.resolve('repaired');
  }
}

/** A second version of the schema as a release would have it: a column more, which the functions of the first ignore. */
class SecondVersion implements MigrationInterface {
  readonly name = 'SecondVersion1900000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['queue_job', 'queue_job_history'])
      await runner.query(`ALTER TABLE ${table} ADD COLUMN locale text NOT NULL DEFAULT 'en'`);
    await runner.query('UPDATE queue_job_meta SET schema_version = 2');
  }

  async down(): Promise<void> {
    // Nobody goes back in this test.
  }
}

describe('a database that is upgraded while nodes work', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let before: TestApplication;
  let after: TestApplication | undefined;
  let worker: Worker;

  const start = async (): Promise<TestApplication> =>
    startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused', runner: { concurrency: 4, pollInterval: 200 } },
      logger: false,
    });
  const stateOf = async ({ uuid }: Pick<QueueJob, 'uuid'>): Promise<string> =>
    (await before.queue.find(uuid))?.state as string;
  const upgrade = async (): Promise<void> => {
    await before.dataSource.transaction(async ({ queryRunner }) => {
      await new SecondVersion().up(queryRunner as QueryRunner);
    });
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    before = await start();
    worker = before.get(Worker);
  });

  afterEach(async () => {
    worker.gate.open();
    await after?.close();
    after = undefined;
    await before.close();
    await client.end();
    await database.drop();
  });

  it('keeps jobs in every state, and nodes from before and after run them', async () => {
    const { queue } = before;
    const done = await queue.withDelay(worker).run('done');
    const failed = await queue.withDelay(worker).fail();
    const running = await queue.withDelay(worker).block('running');
    const later = await queue.withDelay(worker, { eta: '1 h' }).run('later');
    const waiting = await queue.withDelay(worker, { channel: 'closed' }).run('waiting');
    const cancelled = await queue.withDelay(worker, { channel: 'closed' }).run('cancelled');
    await queue.cancel(cancelled.uuid);
    const parent = queue.delayable(worker, { channel: 'closed' }).run('parent');
    const child = queue.delayable(worker).run('child');
    await parent.onDone(child).delay();
    const dependent = { uuid: child.uuid };
    const jobs = { done, failed, running, later, waiting, cancelled, dependent };
    const states = {
      done: 'done', failed: 'failed', running: 'started', later: 'pending', waiting: 'pending', cancelled: 'cancelled',
      dependent: 'wait_dependencies',
    }; // prettier-ignore
    const expectStates = async (): Promise<void> => {
      const found = await Promise.all(
        Object.entries(jobs).map(async ([name, job]) => [name, await stateOf(job)] as const),
      );
      expect(Object.fromEntries(found)).toEqual(states);
    };
    await eventually(expectStates);

    await upgrade();
    after = await start();
    await eventually(async () => {
      const nodes = await before.get(NodeService).list();
      expect(nodes.map(({ state }) => state)).toEqual(['alive', 'alive']);
    });
    await expectStates();

    // Each goes on from where it was.
    worker.gate.open();
    worker.failing = false;
    after.get(Worker).failing = false;
    expect(await queue.finished(running)).toBe('running');
    await queue.requeue(failed.uuid);
    expect(await queue.finished(failed)).toBe('repaired');
    await after.channels.configure('closed', { paused: false });
    expect(await after.queue.finished(waiting.uuid)).toBe('waiting');
    expect(await after.queue.finished(dependent.uuid)).toBe('child');
    await client.query(`UPDATE queue_job SET eta = now() WHERE uuid = $1`, [later.uuid]);
    expect(await queue.finished(later)).toBe('later');

    // Calls of either are run by whoever is there, and what ended has the new column.
    const calls = await Promise.all(
      [before, after].flatMap(({ queue: each }) =>
        Array.from({ length: 50 }, async (_, at) => each.withDelay(Worker).run(`call ${at}`)),
      ),
    );
    for (const call of calls) await queue.finished(call);
    const { rows } = await client.query<{ locale: string; count: number }>(
      'SELECT locale, count(*)::int AS count FROM queue_job_history GROUP BY locale',
    );
    expect(rows).toEqual([{ locale: 'en', count: calls.length + 8 }]);
    expect((await client.query('SELECT FROM queue_job')).rowCount).toBe(0);
  });

  it('lets a node of the version before go on where it can, and refuses one where it can not', async () => {
    await upgrade();
    expect(await before.queue.finished(await before.queue.withDelay(worker).run('as before'))).toBe(
      'as before',
    );
    await client.query('UPDATE queue_job_meta SET compatible_version = 2');
    await expect(start()).rejects.toThrow('have version 2, which this version of the library (up to 1)');
  });
});
