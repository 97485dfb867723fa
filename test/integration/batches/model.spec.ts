import fc from 'fast-check';
import type { Client } from 'pg';
import type { EndRecord } from '../../../lib/store/claims/claim-store.js';
import { START_OF_HISTORY } from '../../../lib/store/jobs/history-store.js';
import { queryOf } from '../../../lib/store/connection/database.js';
import type { Store } from '../../../lib/store/store.js';
import { BatchModel, type Member } from '../../support/batch-model.js';
import { firedOf, insertBatch, insertMembers } from '../../support/batches.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';
import { doneNow, openTestStore, PlayedNode } from '../../support/store.js';

type Outcome = 'done' | 'failed' | 'cancelled' | 'retry';

type Step =
  | { readonly do: 'add'; readonly count: number }
  | {
      readonly do: 'cycle';
      readonly node: number;
      readonly outcomes: readonly Outcome[];
      readonly slots: number;
    }
  | {
      readonly do: 'cancel' | 'setDone' | 'requeue';
      readonly which: readonly number[];
    }
  | { readonly do: 'close' }
  | { readonly do: 'cancelAll' }
  | { readonly do: 'remove' };

const outcomes = fc.array(
  fc.constantFrom<Outcome>('done', 'done', 'done', 'done', 'failed', 'cancelled', 'retry'),
  { maxLength: 6 },
);
const cycle = fc.record({
  do: fc.constant('cycle' as const),
  node: fc.nat(1),
  outcomes,
  slots: fc.nat(5),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('add' as const), count: fc.nat(4) }) },
  { weight: 8, arbitrary: cycle },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel' as const, 'setDone' as const, 'requeue' as const),
      which: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancelAll' as const, 'remove' as const) }) },
);
const steps = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });

describe('a batch, beside the model that counts everything anew', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let closeStore: () => Promise<void>;
  let nodes: [PlayedNode, PlayedNode];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
    nodes = [await PlayedNode.register(store), await PlayedNode.register(store)];
  });

  afterAll(async () => {
    await closeStore();
    await client.end();
    await database.drop();
  });

  const clear = async (): Promise<void> => {
    await client.query(
      'TRUNCATE queue_job, queue_job_history, queue_job_batch, queue_job_batch_callback, queue_job_claim, queue_job_attempt',
    );
  };

  const endOf = ({ uuid, retry }: Member, k: Exclude<Outcome, 'done'>): EndRecord => ({
    uuid: uuid,
    retry: retry,
    kind: k,
    started: 1,
    ended: 0,
    seconds: 0,
    name: 'Error',
    message: 'no',
  });

  /** A round trip: members that the node has end as they are to, and it takes others. */
  async function play(model: BatchModel, { node, outcomes: wanted, slots }: Step & { do: 'cycle' }) {
    const ending = model
      .in('enqueued')
      .filter((member) => member.node === node)
      .slice(0, wanted.length)
      .map((member, at) => ({ member, outcome: wanted[at] as Outcome }));
    const { jobs } = await (nodes[node] as PlayedNode).cycle({
      done: ending.filter(({ outcome }) => outcome === 'done').map(({ member }) => doneNow(member)),
      ends: ending.flatMap(({ member, outcome }) => (outcome === 'done' ? [] : [endOf(member, outcome)])),
      slots,
    });
    model.change(() => {
      for (const { member, outcome } of ending) {
        if (member.cancelAsked) member.state = 'cancelled';
        else member.state = outcome === 'retry' ? 'pending' : outcome;
      }
    });
    for (const { uuid, retry } of jobs) {
      const member = model.members.find((one) => one.uuid === uuid) as Member;
      Object.assign(member, { state: 'enqueued', node, retry });
    }
  }

  async function steer(
    model: BatchModel,
    action: 'cancel' | 'setDone' | 'requeue',
    which: readonly number[],
  ) {
    const states = {
      cancel: ['pending', 'failed', 'enqueued'],
      setDone: ['pending', 'failed', 'cancelled'],
      requeue: ['failed', 'cancelled', 'done'],
    } as const;
    const allowed = model.in(...states[action]);
    const picked = allowed.length === 0 ? [] : [...new Set(which.map((at) => allowed[at % allowed.length]))];
    const members = picked as Member[];
    const uuids = members.map(({ uuid }) => uuid);
    if (action === 'requeue') await store.jobs.requeue(uuids);
    else await store.jobs[action](uuids, 'a test');
    model.change(() => {
      for (const member of members) {
        if (action === 'setDone') member.state = 'done';
        else if (action === 'requeue') Object.assign(member, { state: 'pending', cancelAsked: false });
        else if (member.state === 'enqueued') member.cancelAsked = true;
        else member.state = 'cancelled';
      }
    });
  }

  async function take(model: BatchModel, batch: string, one: Step): Promise<void> {
    const query = queryOf(store.dataSource.manager, store.styles);
    if (one.do === 'add') {
      if (!model.closed) model.add(await insertMembers(client, batch, one.count));
    } else if (one.do === 'cycle') {
      await play(model, one);
    } else if (one.do === 'close') {
      const before = model.closed;
      expect(await store.batches.close(batch, query)).toEqual(before ? null : expect.any(Number));
      model.change(() => (model.closed = true));
    } else if (one.do === 'cancelAll') {
      await store.batches.cancel(batch, 'a test', query);
      // The ends of the members and the closing are two changes, though of one transaction.
      model.change(() => {
        for (const member of model.in('pending')) member.state = 'cancelled';
        for (const member of model.in('enqueued')) member.cancelAsked = true;
      });
      model.change(() => (model.closed = true));
    } else if (one.do === 'remove') {
      await store.history.prune(-1_000, -1_000, START_OF_HISTORY, 1_000);
      for (const member of model.in('done', 'cancelled')) member.removed = true;
    } else {
      await steer(model, one.do, one.which);
    }
  }

  it('has the same counts, the same end and the same callbacks after every step', async () => {
    const check = async (taken: readonly Step[], progressStep: number): Promise<void> => {
      await clear();
      const batch = await insertBatch(client, { progressStep });
      const model = new BatchModel(progressStep);
      for (const one of taken) {
        await take(model, batch, one);
        const [row] = await store.batches.find([batch]);
        const counts = Object.fromEntries(Object.entries(model.counts).filter(([, count]) => count > 0));
        const found = Object.fromEntries(Object.entries(row?.counts ?? {}).filter(([, count]) => count > 0));
        expect(found).toEqual(counts);
        expect(row?.state).toBe(model.ended ? 'ended' : model.closed ? 'closed' : 'open');
        expect(await firedOf(client, batch)).toEqual(model.fired);
      }
    };
    const percent = fc.constantFrom(1, 7, 10, 33, 50, 100);
    await fc.assert(fc.asyncProperty(steps, percent, check), { numRuns: 60, endOnFailure: false });
  }, 180_000);

  it('has them also where two nodes and those who steer all work at the same moment', async () => {
    const check = async (kinds: readonly Outcome[], rounds: number): Promise<void> => {
      await clear();
      const batch = await insertBatch(client, { progressStep: 10 });
      const uuids = await insertMembers(client, batch, kinds.length);
      const kindOf = (uuid: string, again: boolean): Outcome =>
        again ? 'done' : (kinds[uuids.indexOf(uuid)] as Outcome);
      const query = queryOf(store.dataSource.manager, store.styles);
      const work = async (node: PlayedNode, again: boolean): Promise<void> => {
        let jobs: readonly { uuid: string; retry: number }[] = [];
        do {
          const outcomeOf = ({ uuid, retry }: { uuid: string; retry: number }): Outcome => {
            const kind = kindOf(uuid, again);
            return kind === 'retry' && retry > 1 ? 'done' : kind;
          };
          ({ jobs } = await node.cycle({
            done: jobs.filter((job) => outcomeOf(job) === 'done').map((job) => doneNow(job)),
            ends: jobs.flatMap((job) => {
              const outcome = outcomeOf(job);
              return outcome === 'done' ? [] : [endOf(job as Member, outcome)];
            }),
            slots: 3,
          }));
        } while (jobs.length > 0);
      };
      await Promise.all([...nodes.map(async (node) => work(node, false)), store.batches.close(batch, query)]);
      // One node may have seen nothing left while the other gave a job back.
      for (const node of nodes) await work(node, false);
      const bad = uuids.filter((_, at) => kinds[at] === 'failed' || kinds[at] === 'cancelled');
      const failing = kinds.includes('failed');
      expect((await store.batches.names([batch]))[0]?.state).toBe('ended');
      const first = await firedOf(client, batch);
      expect(first).toMatchObject({ done: 1, success: bad.length === 0 ? 1 : 0, failure: failing ? 1 : 0 });
      let completions = 1;
      for (let round = 0; round < rounds; round += 1) {
        const again = round === 0 ? bad : uuids;
        if (again.length === 0) continue;
        // In two calls at once: whoever comes first opens it, and it is opened once.
        const half = Math.ceil(again.length / 2);
        await Promise.all([store.jobs.requeue(again.slice(0, half)), store.jobs.requeue(again.slice(half))]);
        expect((await store.batches.names([batch]))[0]?.state).toBe('closed');
        await Promise.all(nodes.map(async (node) => work(node, true)));
        completions += 1;
        expect((await store.batches.find([batch]))[0]).toMatchObject({
          state: 'ended',
          counts: { done: uuids.length, cancelled: 0 },
        });
        expect(await firedOf(client, batch)).toMatchObject({
          done: completions,
          failure: failing ? 1 : 0,
          success: bad.length === 0 ? completions : completions - 1,
        });
      }
      const { progress } = await firedOf(client, batch);
      expect(progress).toBeGreaterThanOrEqual(1);
      expect(progress).toBeLessThanOrEqual(10);
    };
    const kinds = fc.array(fc.constantFrom<Outcome>('done', 'done', 'done', 'failed', 'cancelled', 'retry'), {
      maxLength: 30,
    });
    await fc.assert(fc.asyncProperty(kinds, fc.nat(2), check), { numRuns: 40, endOnFailure: true });
  }, 180_000);
});
