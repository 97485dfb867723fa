import type { Client } from 'pg';
import { Injectable } from '@nestjs/common';
import { currentJob, Job, NodeNotFoundError, NodeService, type NodeState } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { orphansOf } from '../../support/orphans.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { isPooled } from '../../support/pooler.js';
import { connect, countOf, insertJobs } from '../../support/recorder-jobs.js';

@Injectable()
class Other {
  @Job()
  async run(): Promise<void> {
    return Promise.resolve();
  }
}

@Injectable()
class Waiting {
  @Job({ maxRetries: 0 })
  async forItsSignal(): Promise<void> {
    const { signal } = currentJob();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    signal.throwIfAborted();
  }

  @Job()
  async forNothing(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the nodes, seen and steered from another process', () => {
  let database: TestDatabase;
  let client: Client;
  let web: TestApplication;
  let nodes: NodeService;
  let processes: ClusterNode[];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    web = await startApplication({ url: database.url, providers: [Other], options: { runner: false } });
    nodes = web.get(NodeService);
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await web.close();
    await client.end();
    await database.drop();
  });

  const start = async (options: object = {}): Promise<{ node: ClusterNode; id: number }> => {
    const node = await ClusterNode.start(database.url, { runner: { concurrency: 2, ...options } });
    processes.push(node);
    return { node, id: (await node.ask('nodeId')) as number };
  };
  const state = async (id: number): Promise<NodeState> =>
    (await nodes.list()).find((one) => one.id === id) as NodeState;
  const left = (): Promise<number> => countOf(client, 'SELECT count(*) FROM queue_job');

  it('tell what they know, have and take', async () => {
    const { id, node } = await start();
    const [uuid] = await insertJobs(client, [{ method: 'untilAborted', args: [] }]);
    await eventually(async () => {
      const one = await state(id);
      expect(one).toMatchObject({
        state: 'alive',
        listens: !isPooled(),
        concurrency: 2,
        dateEnded: null,
        jobs: [uuid],
      });
      expect(one.name).toMatch(new RegExp(`:${node.process.pid}$`));
      expect(one.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(one.names).toContain('Recorder.noop');
      expect(one.memory).toBeGreaterThan(10_000_000);
      expect(one.cpu).toBeGreaterThanOrEqual(0);
      expect(one.cpu).toBeLessThan(64);
    });
  });

  it.each([
    ['with a session', {}],
    ['behind a pooler', { listen: false }],
  ])('claim nothing while they drain, and again when they are resumed, %s', async (_, options) => {
    const { id, node } = await start(options);
    const [running] = await insertJobs(client, [{ method: 'work', args: [1_500] }]);
    await eventually(() => expect(node.events.map(({ uuid }) => uuid)).toContain(running));
    await nodes.drain(id);
    expect((await state(id)).state).toBe('draining');
    // Obeyed once what it had at hand is back, and nothing of it is claimed again.
    await eventually(async () => expect((await state(id)).jobs).toEqual([running]), 3_000);
    await eventually(() => expect(node.runs.map(({ uuid }) => uuid)).toEqual([running]));
    await insertJobs(client, [
      { method: 'work', args: [0] },
      { method: 'work', args: [0] },
    ]);
    // Another one runs what the draining one leaves.
    const { id: second, node: other } = await start();
    await eventually(() => expect(other.runs.length).toBe(2));
    expect(node.runs.length).toBe(1);
    await nodes.drain(second);
    await nodes.resume(id);
    await eventually(async () => expect((await state(second)).state).toBe('draining'));
    await eventually(async () => expect((await state(id)).state).toBe('alive'));
    await eventually(async () => {
      await insertJobs(client, [{ method: 'work', args: [0] }]);
      expect(node.runs.length).toBeGreaterThan(1);
    });
    await eventually(async () => expect(await left()).toBe(0));
  });

  it('keep draining when their session breaks, and when they were given up meanwhile', async () => {
    const { id, node } = await start();
    await nodes.drain(id);
    await eventually(async () =>
      expect(
        await countOf(
          client,
          `SELECT count(*) FROM queue_job_node WHERE command = 'drain' AND backend IS NOT NULL`,
        ),
      ).toBe(1),
    );
    await client.query('UPDATE queue_job_node SET alive = false, date_ended = now() WHERE id = $1', [id]);
    await client.query('SELECT pg_terminate_backend(backend) FROM queue_job_node WHERE id = $1', [id]);
    const reborn = await eventually(async () => {
      const now = (await node.ask('nodeId')) as number;
      expect(now).not.toBe(id);
      expect((await state(now)).state).toBe('draining');
      return now;
    });
    await insertJobs(client, [{ method: 'work', args: [0] }]);
    const { dateSeen } = await state(reborn);
    await eventually(async () =>
      expect((await state(reborn)).dateSeen.getTime()).toBeGreaterThan(dateSeen.getTime() + 2_000),
    );
    expect(node.runs).toEqual([]);
    await nodes.resume(reborn);
    await eventually(() => expect(node.runs.length).toBe(1));
  });

  it('go on by a new number that a round trip brings, their session still away', async () => {
    const worker = await startApplication({ url: database.url, providers: [Waiting], logger: false });
    const id = worker.runner.nodeId as number;
    await worker.queue.withDelay(Waiting).forItsSignal();
    // It is noted that the job has begun: no other round trip comes before its end.
    await eventually(async () => {
      if ((await countOf(client, `SELECT count(*) FROM queue_job WHERE state = 'started'`)) === 0)
        throw new Error('not yet');
    });
    const { rows } = await client.query<{ key: number }>(
      `SELECT classid::int AS key FROM pg_locks WHERE locktype = 'advisory' AND objid::int = $1 AND objsubid = 2`,
      [id],
    );
    // Its session is gone, and it can't have another one under its number.
    await client.query('SELECT pg_terminate_backend(backend) FROM queue_job_node WHERE id = $1', [id]);
    await client.query('SELECT pg_advisory_lock($1, $2)', [rows[0]?.key, id]);
    await client.query('UPDATE queue_job_node SET alive = false WHERE id = $1', [id]);
    // Its job ends when the session has been away for too long, and that end brings the news.
    await eventually(() => expect(worker.runner.nodeId).toBeGreaterThan(id), 15_000);
    const job = await worker.queue.withDelay(Waiting).forNothing();
    await worker.queue.finished(job, { timeout: 10_000 });
    // Nobody had given its first job back: the node finds that itself.
    const look = await connect(database.url);
    await eventually(async () => expect(await orphansOf(look)).toEqual([]), 30_000);
    await look.end();
    await worker.close();
  }, 60_000);

  it('end what runs when they are asked to stop, show so, and are gone', async () => {
    const { id, node } = await start();
    const [running, waiting] = await insertJobs(client, [
      { method: 'work', args: [2_500] },
      { method: 'work', args: [2_500] },
      { method: 'work', args: [1] },
    ]);
    await eventually(() => expect(node.events.length).toBeGreaterThanOrEqual(2));
    await nodes.stop(id);
    await eventually(async () => expect((await state(id)).state).toBe('stopping'), 2_000);
    await expect(nodes.resume(id)).rejects.toThrow(NodeNotFoundError);
    await eventually(async () => expect((await state(id)).state).toBe('dead'));
    expect((await state(id)).dateEnded).not.toBeNull();
    expect(new Set(node.runs.map(({ uuid }) => uuid))).toEqual(new Set([running, waiting]));
    expect(await left()).toBe(1);
    expect(await node.ask('nodeId')).toBeUndefined();
  });

  it('show that they stop by themselves', async () => {
    const { id, node } = await start();
    await insertJobs(client, [{ method: 'work', args: [2_500] }]);
    await eventually(() => expect(node.events.length).toBe(1));
    const stopped = node.ask('stop', 10_000);
    await eventually(async () => expect((await state(id)).state).toBe('stopping'));
    await stopped;
    expect((await state(id)).state).toBe('dead');
  });

  it('that have ended, or never were, can not be asked', async () => {
    const { id, node } = await start();
    await node.close();
    const gone = /There is no node \d+ that runs/;
    await expect(nodes.drain(id)).rejects.toThrow(gone);
    await expect(nodes.resume(id)).rejects.toThrow(gone);
    await expect(nodes.stop(id)).rejects.toThrow(gone);
    await expect(nodes.stop(99)).rejects.toThrow(gone);
    await expect(nodes.stop(1.5)).rejects.toThrow('a whole number, not 1.5');
  });

  it('that die before they have written their counts lose those of ten seconds at most', async () => {
    const { node } = await start();
    await insertJobs(client, [{ method: 'work', args: [0] }]);
    await eventually(
      async () =>
        expect(
          await countOf(client, `SELECT sum(done) AS count FROM queue_job_rollup WHERE width = 60`),
        ).toBe(1),
      15_000,
    );
    await insertJobs(client, [{ method: 'work', args: [0] }]);
    await eventually(async () => expect(await left()).toBe(0));
    await node.kill();
    expect(await countOf(client, `SELECT sum(done) AS count FROM queue_job_rollup WHERE width = 60`)).toBe(1);
  }, 60_000);
});
