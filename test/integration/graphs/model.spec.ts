import fc from 'fast-check';
import type { Client } from 'pg';
import { JobStateError } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode, type RecordedRun } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import {
  build,
  edgesOf,
  type Leaf,
  leavesOf,
  Recorder,
  scenario,
  type Scenario,
} from '../../support/graph-plan.js';
import { connect } from '../../support/recorder-jobs.js';

describe('graphs over three processes', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let nodes: ClusterNode[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    await client.query('CREATE TABLE mood (key text PRIMARY KEY)');
    steering = await startApplication({
      url: database.url,
      providers: [Recorder],
      options: { runner: false },
    });
    nodes = await Promise.all(
      [1, 2, 3].map(async () => ClusterNode.start(database.url, { runner: { concurrency: 4 } })),
    );
  }, 30_000);

  afterAll(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  const runsOf = (uuids: ReadonlySet<string>): RecordedRun[] =>
    nodes.flatMap((node) => node.runs).filter(({ uuid }) => uuids.has(uuid));
  /** Whether the job could still be steered so. */
  const steer = async (action: 'requeue' | 'setDone' | 'cancel', uuid: string): Promise<boolean> =>
    steering.queue[action](uuid).then(
      () => true,
      (error: unknown) => {
        if (error instanceof JobStateError) return false;
        throw error;
      },
    );

  const check = async (given: Scenario): Promise<void> => {
    const { root, jobs } = build(steering.queue, given);
    const leaves = leavesOf(given.plan);
    const uuids = jobs.map(({ uuid }) => uuid);
    const ours = new Set(uuids);
    await root.delay();
    const edges = [...edgesOf(given)].map((edge) => edge.split(' ').map(Number) as [number, number]);
    const stored = await client.query<{ parent: string; child: string }>(
      'SELECT parent, child FROM queue_job_dependency WHERE child = ANY($1)',
      [uuids],
    );
    const pairs = stored.rows.map(({ parent, child }) => `${uuids.indexOf(parent)} ${uuids.indexOf(child)}`);
    expect(pairs.toSorted()).toEqual(edges.map((edge) => edge.join(' ')).toSorted());

    const cancels = given.cancels.map(({ job, after }) => ({ job: job % jobs.length, after }));
    const byHand = new Set<number>();
    const askedToCancel = new Set<number>();
    await eventually(async () => {
      for (const one of cancels.splice(0)) {
        if (runsOf(ours).length < one.after) cancels.push(one);
        else if (await steer('cancel', uuids[one.job] as string)) askedToCancel.add(one.job);
      }
      const failed = await client.query<{ uuid: string }>(
        `SELECT uuid FROM queue_job WHERE uuid = ANY($1) AND state = 'failed'`,
        [uuids],
      );
      for (const { uuid } of failed.rows) {
        const at = uuids.indexOf(uuid);
        const action = leaves[at]?.rescue ?? 'cancel';
        if (!(await steer(action, uuid))) continue;
        if (action === 'setDone') byHand.add(at);
        if (action === 'cancel') askedToCancel.add(at);
      }
      const left = await client.query('SELECT name, state, retry FROM queue_job WHERE uuid = ANY($1)', [
        uuids,
      ]);
      expect(left.rows).toEqual([]);
    }, 20_000);

    const ended = await client.query<{ uuid: string; state: string }>(
      'SELECT uuid, state FROM queue_job_history WHERE uuid = ANY($1)',
      [uuids],
    );
    const state = new Map(ended.rows.map((row) => [uuids.indexOf(row.uuid), row.state]));
    expect(state.size).toBe(jobs.length);
    const expected = (at: number): number => {
      const { failures, rescue } = leaves[at] as Leaf;
      return failures === null ? (rescue === 'requeue' ? 2 : 1) : failures + 1;
    };
    // The end of a run is in the database before its process has told of it.
    const runs = await eventually(() => {
      const all = new Map<number, RecordedRun[]>();
      for (const run of runsOf(ours)) {
        const at = uuids.indexOf(run.uuid);
        all.set(at, [...(all.get(at) ?? []), run]);
      }
      for (const at of leaves.keys()) {
        const count = all.get(at)?.length ?? 0;
        if (state.get(at) === 'done' && !askedToCancel.has(at))
          expect([at, count]).toEqual([at, expected(at)]);
        else expect(count).toBeLessThanOrEqual(expected(at));
      }
      return all;
    });
    for (const [parent, child] of edges) {
      const first = Math.min(...(runs.get(child) ?? []).map(({ start }) => start));
      const last = Math.max(...(runs.get(parent) ?? []).map(({ end }) => end));
      expect(first).toBeGreaterThan(last);
      if (state.get(parent) === 'cancelled') expect([child, runs.get(child)]).toEqual([child, undefined]);
    }
    for (const at of leaves.keys()) {
      const parents = edges.filter(([, child]) => child === at).map(([parent]) => state.get(parent));
      if (state.get(at) === 'done' && !byHand.has(at)) expect(parents).not.toContain('cancelled');
      // Nobody is cancelled for nothing.
      if (state.get(at) === 'cancelled' && !askedToCancel.has(at)) expect(parents).toContain('cancelled');
    }
  };

  it('run in an order that keeps every edge, each job as often as it should, and all of them end', async () => {
    await fc.assert(fc.asyncProperty(scenario, check), { numRuns: 60, endOnFailure: true });
  }, 120_000);
});
