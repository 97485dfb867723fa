import fc from 'fast-check';
import type { Client } from 'pg';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode, peakUnder, type RecordedRun } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';

const NODES = 4;

/** A channel's capacity over time: a change may work from the moment it is asked for, and must when it is answered. */
class Capacities {
  private readonly spans = new Map<string, { from: number; to: number; capacity: number }[]>();

  set(channel: string, capacity: number, from: number): void {
    const spans = this.spans.get(channel) ?? [];
    spans.push({ from, to: Infinity, capacity });
    this.spans.set(channel, spans);
  }

  /** The capacity before the last one no longer holds. */
  over(channel: string, at: number): void {
    const before = this.spans.get(channel)?.at(-2);
    if (before !== undefined) before.to = at;
  }

  at(channel: string, time: number): number {
    const spans = this.spans.get(channel) ?? [];
    return Math.max(
      ...spans.filter(({ from, to }) => from <= time && time <= to).map(({ capacity }) => capacity),
    );
  }

  get channels(): string[] {
    return [...this.spans.keys()];
  }
}

/** Starts that found their channel full. */
function starts(runs: readonly RecordedRun[], capacities: Capacities): string[] {
  return capacities.channels.flatMap((channel) => {
    const under = runs.filter((run) => run.channel === channel || run.channel.startsWith(`${channel}.`));
    return under.flatMap((run) => {
      const running = under.filter(({ start, end }) => start <= run.start && end > run.start).length;
      const allowed = capacities.at(channel, run.start);
      return running > allowed ? [`${running} ran in ${channel}, where ${allowed} may`] : [];
    });
  });
}

const systemNow = (): number => Number(process.hrtime.bigint()) / 1e6;

describe('channels over four processes', () => {
  let database: TestDatabase;
  let client: Client;
  let steering: TestApplication;
  let nodes: ClusterNode[];
  const runs = (): RecordedRun[] => nodes.flatMap((node) => node.runs);

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    // Changes channels, and runs nothing.
    steering = await startApplication({ url: database.url, providers: [], options: { runner: false } });
    nodes = await Promise.all(
      Array.from({ length: NODES }, async () =>
        ClusterNode.start(database.url, { runner: { concurrency: 8 } }),
      ),
    );
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await steering.close();
    await client.end();
    await database.drop();
  });

  it('never hold more than their capacity, in random trees whose capacities change meanwhile, and run every job once', async () => {
    const capacity = fc.integer({ min: 1, max: 6 });
    const tree = fc.record({
      root: fc.integer({ min: 4, max: 12 }),
      branches: fc.array(
        fc.record({ capacity, leaves: fc.array(capacity, { minLength: 1, maxLength: 2 }) }),
        {
          minLength: 2,
          maxLength: 3,
        },
      ),
    });
    const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
    const trees = fc.sample(tree, { numRuns: 2, seed });
    const random = fc.sample(fc.nat(1_000_000), { numRuns: 2_000, seed });
    const next = (below: number): number => (random.pop() ?? 0) % below;
    let total = 0;
    for (const [at, { root, branches }] of trees.entries()) {
      const capacities = new Capacities();
      const given = new Map<string, number>([['root', root]]);
      for (const [b, branch] of branches.entries()) {
        given.set(`root.t${at}b${b}`, branch.capacity);
        for (const [l, leaf] of branch.leaves.entries()) given.set(`root.t${at}b${b}.l${l}`, leaf);
      }
      const change = async (channel: string, to: number): Promise<void> => {
        capacities.set(channel, to, systemNow());
        await steering.channels.configure(channel, { capacity: to });
        capacities.over(channel, systemNow());
      };
      for (const [channel, to] of given) await change(channel, to);
      const leaves = [...given.keys()].filter((name) => name !== 'root');
      const jobs = Array.from({ length: 400 }, () => ({
        method: 'work' as const,
        args: [next(8)],
        channel: leaves[next(leaves.length)] ?? 'root',
        priority: next(3),
      }));
      const before = runs().length;
      const since = systemNow();
      await insertJobs(client, jobs);
      total += jobs.length;
      while (runs().length < before + jobs.length) {
        const channels = [...given.keys()];
        const channel = channels[next(channels.length)] ?? 'root';
        await change(channel, channel === 'root' ? 3 + next(10) : 1 + next(6));
      }
      const mine = runs().filter(({ start }) => start > since);
      expect({ seed, starts: starts(mine, capacities) }).toEqual({ seed, starts: [] });
    }
    await eventually(() => expectAllDone(client, total));
    const uuids = runs().map(({ uuid }) => uuid);
    expect(uuids.length).toBe(total);
    expect(new Set(uuids).size).toBe(total);
    expect(runs().every(({ retry }) => retry === 1)).toBe(true);
  }, 60_000);

  it('are counted from what runs where a channel without limit gets one', async () => {
    const capacities = new Capacities();
    capacities.set('root.late', Infinity, 0);
    await insertJobs(
      client,
      Array.from({ length: 3_000 }, () => ({ method: 'work' as const, args: [10], channel: 'root.late' })),
    );
    await eventually(() => {
      expect(nodes.every((node) => node.runs.length > 0)).toBe(true);
    });
    capacities.set('root.late', 2, systemNow());
    await steering.channels.configure('root.late', { capacity: 2 });
    const changed = systemNow();
    capacities.over('root.late', changed);
    await eventually(() => {
      expect(runs().filter(({ start }) => start > changed).length).toBeGreaterThan(20);
    });
    // What ran before the change may still run, but nothing starts beside it.
    expect(
      starts(
        runs().filter(({ start }) => start > changed),
        capacities,
      ),
    ).toEqual([]);
    await steering.channels.configure('root.late', { capacity: 100 });
    await eventually(() => expectAllDone(client, 3_000), 20_000);
  }, 30_000);

  it('that were lowered below what runs hand no place on from one short job to the next', async () => {
    // With one process all places are handed on in it.
    await Promise.all(nodes.slice(1).map(async (node) => node.close()));
    const capacities = new Capacities();
    capacities.set('root.lowered', 8, 0);
    await steering.channels.configure('root.lowered', { capacity: 8 });
    // Short enough to be kept at hand, and long enough to run on over the change.
    await insertJobs(
      client,
      Array.from({ length: 300 }, () => ({ method: 'work' as const, args: [40], channel: 'root.lowered' })),
    );
    await eventually(() => expect(runs().length).toBeGreaterThan(50));
    capacities.set('root.lowered', 2, systemNow());
    await steering.channels.configure('root.lowered', { capacity: 2 });
    capacities.over('root.lowered', systemNow());
    const before = runs().length;
    await eventually(() => expect(runs().length).toBeGreaterThan(before + 30));
    expect(starts(runs(), capacities)).toEqual([]);
    await steering.channels.configure('root.lowered', { capacity: 100 });
    await eventually(() => expectAllDone(client, 300), 20_000);
  }, 30_000);

  it('with a capacity of 1 run their jobs in the order of priority and creation', async () => {
    await steering.channels.configure('root.one', { capacity: 1 });
    const jobs = Array.from({ length: 300 }, (_, at) => ({
      method: 'work' as const,
      args: [at % 3],
      channel: at % 2 === 0 ? 'root.one' : 'root.one.below',
      priority: (at * 7) % 4,
    }));
    await steering.channels.pause('root.one');
    await insertJobs(client, jobs);
    await steering.channels.resume('root.one');
    await eventually(() => expectAllDone(client, jobs.length), 20_000);
    const order = runs().toSorted((a, b) => a.start - b.start);
    expect(order).toEqual(order.toSorted((a, b) => a.priority - b.priority || a.seq - b.seq));
    expect(peakUnder('root.one', order)).toBe(1);
  }, 30_000);

  it('that are full of short jobs are kept busy', async () => {
    await steering.channels.configure('root.busy', { capacity: 10 });
    // The first round also warms the processes up; others of the machine take their share: the best of four counts. How close
    // to the ideal it comes is for the bench; permits that sleep with a node would leave a fraction of this.
    const rounds: number[] = [];
    while (rounds.length < 4 && !(Math.max(...rounds) > 0.5)) {
      const since = systemNow();
      await insertJobs(
        client,
        Array.from({ length: 2_000 }, () => ({ method: 'work' as const, args: [5], channel: 'root.busy' })),
      );
      const round = await eventually(async () => {
        await expectAllDone(client, 2_000 * (rounds.length + 1));
        const these = runs().filter(({ start }) => start > since);
        expect(these.length).toBe(2_000);
        return these;
      }, 20_000);
      const work = round.reduce((sum, { start, end }) => sum + end - start, 0);
      const span = Math.max(...round.map(({ end }) => end)) - Math.min(...round.map(({ start }) => start));
      rounds.push(work / (10 * span));
      expect(peakUnder('root.busy', round)).toBe(10);
    }
    expect(Math.max(...rounds)).toBeGreaterThan(0.5);
  }, 60_000);
});
