import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { type BatchService, Job, type QueueService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** The jobs of test/fixtures/cluster-node.ts, as this process builds them. */
@Injectable()
class Recorder {
  @Job({ maxRetries: 0 })
  async flaky(_failures: number, _ms: number): Promise<void> {}

  @Job({ maxRetries: 0 })
  async effect(_key: number, _ms: number): Promise<void> {}

  @Job()
  async noop(): Promise<void> {}
}

describe('a batch over several processes', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let queue: QueueService;
  let batches: BatchService;
  let nodes: ClusterNode[] = [];

  beforeEach(async () => {
    nodes = [];
    database = await createTestDatabase();
    client = await connect(database.url);
    await client.query('CREATE TABLE effect (key int NOT NULL)');
    steering = await startApplication({
      url: database.url,
      providers: [Recorder],
      options: { runner: false },
    });
    ({ queue, batches } = steering);
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  const start = async (): Promise<ClusterNode> => {
    const node = await ClusterNode.start(database.url);
    nodes.push(node);
    return node;
  };
  const told = (label: string) => queue.delayable(Recorder, { description: `told: ${label}` }).noop();
  const allTold = async (): Promise<string[]> => {
    const { rows } = await client.query<{ description: string }>(
      `SELECT description FROM queue_job_history WHERE description LIKE 'told: %'
       UNION ALL SELECT description FROM queue_job WHERE description LIKE 'told: %' ORDER BY 1`,
    );
    return rows.map(({ description }) => description.slice('told: '.length));
  };

  it('whose nodes are killed in the middle of everything ends once, with every member counted once', async () => {
    const recorder = queue.delayable(Recorder);
    const jobs = Array.from({ length: 1_500 }, (_, at) =>
      at % 3 === 0 ? recorder.effect(at, 1) : recorder.flaky(at % 2, at % 4),
    );
    const [, ...victims] = await Promise.all([start(), start(), start()]);
    const batch = await batches.create('night', {
      jobs,
      onDone: told('done'),
      onSuccess: told('success'),
      onFailure: told('failure'),
      onProgress: told('progress'),
      progressStep: 100,
    });
    for (const victim of victims) {
      const before = victim.events.length;
      await eventually(() => expect(victim.events.length).toBeGreaterThan(before + 50));
      await victim.kill();
    }
    const end = await batch.finished({ timeout: 45_000 });
    expect(end).toMatchObject({ total: 1_500, counts: { done: 1_500 }, completeness: 1 });
    expect(await allTold()).toEqual(['done', 'progress', 'success']);
    // Not before the last member, as its transaction says.
    const late = await countOf(
      client,
      `SELECT count(*) FROM queue_job_history h JOIN queue_job_batch b ON b.uuid = h.batch_uuid
       WHERE h.date_done > b.date_ended + interval '1 millisecond'`,
    );
    expect(late).toBe(0);
    expect(await countOf(client, 'SELECT count(DISTINCT key) FROM effect')).toBe(500);
  }, 90_000);

  it('has counts that never go back while nodes end its members', async () => {
    const recorder = queue.delayable(Recorder);
    await Promise.all([start(), start()]);
    const batch = await batches.create('night', {
      jobs: Array.from({ length: 2_000 }, () => recorder.noop()),
    });
    let last = 0;
    await eventually(async () => {
      const { completeness, total, state } = await batch.progress();
      expect(total).toBe(2_000);
      expect(completeness).toBeGreaterThanOrEqual(last);
      last = completeness;
      if (state !== 'ended') throw new Error('not yet');
    }, 20_000);
    expect(last).toBe(1);
  }, 40_000);
});
