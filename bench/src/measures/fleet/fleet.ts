import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../report/statistics.ts';
import { serverCost } from '../../run/server-cost.ts';
import type { Figure, Measure } from '../measure.ts';

/** Nodes in one process, so that many of them fit on a machine. */
const NODES_A_PROCESS = 8;
const FLEETS = [1, 8, 24, 48] as const;

/** Jobs one by one from a process without a node. */
const LOAD = { perSecond: 100, seconds: 10 };
const WARM_UP_JOBS = 200;
/** A connection that is idle tells the server's counts of its transactions within 10 s; in milliseconds. */
const COUNTED_MS = 11_000;
const IDLE_MS = 10_000;

const figuresOf = (nodes: number): readonly Figure[] =>
  [
    ['idle.cpu', "idle, PostgreSQL's CPU", '% of a core'],
    ['idle.transactions', 'idle, transactions', '/s'],
    ['busy.cpu', "100 jobs/s, PostgreSQL's CPU", '% of a core'],
    ['busy.transactions', '100 jobs/s, transactions a job', ''],
    ['pickup.p50', '100 jobs/s, pickup, p50', 'ms'],
    ['pickup.p99', '100 jobs/s, pickup, p99', 'ms'],
  ].map(([id, title, unit]) => ({
    id: `fleet.${nodes}.${id}`,
    title: `${nodes === 1 ? 'one node' : `${nodes} nodes`}, ${title}`,
    unit: unit as string,
    better: 'lower',
    needs: 'fleet',
  }));

const fleetOf = (nodes: number): Measure => ({
  name: `fleet-${nodes}`,
  optional: 'named',
  once: true,
  figures: figuresOf(nodes),
  async run(stage) {
    const work = { handler: 'stamp', tunedFor: 'pickup', nodes: Math.min(nodes, NODES_A_PROCESS) } as const;
    const processes = Math.ceil(nodes / NODES_A_PROCESS);
    stage.load(processes + 1);
    const url = await stage.place(work);
    const workers = await stage.start({ url, work }, processes);
    const caller = await stage.startOne({ url });
    for (const worker of workers) await worker.call('work');
    await caller.call('enqueueSteadily', LOAD.perSecond, WARM_UP_JOBS);
    await stage.untilRan(workers, WARM_UP_JOBS);
    for (const worker of workers) await worker.call('waited');
    await sleep(COUNTED_MS);

    const idleFrom = await serverCost(stage.databases, url);
    await sleep(IDLE_MS);
    const idleTo = await serverCost(stage.databases, url);
    const idle = {
      cpu: (idleTo.cpu - idleFrom.cpu) / (IDLE_MS / 1000),
      transactions: (idleTo.transactions - idleFrom.transactions) / (IDLE_MS / 1000),
    };
    const jobs = LOAD.perSecond * LOAD.seconds;
    await caller.call('enqueueSteadily', LOAD.perSecond, jobs);
    await stage.untilRan(workers, WARM_UP_JOBS + jobs);
    await caller.call('settled');
    const busyTo = await serverCost(stage.databases, url);
    await sleep(COUNTED_MS);
    const counted = await serverCost(stage.databases, url);
    const transactions = counted.transactions - idleTo.transactions - (idle.transactions * COUNTED_MS) / 1000;
    const waited: number[] = [];
    for (const worker of workers) waited.push(...(await worker.call('waited')));
    const figures: Record<string, number> = {
      'idle.transactions': idle.transactions,
      'busy.transactions': transactions / jobs,
      'pickup.p50': quantile(waited, 0.5) / 1000,
      'pickup.p99': quantile(waited, 0.99) / 1000,
    };
    // Of a server elsewhere nobody knows.
    if (!Number.isNaN(idle.cpu)) {
      figures['idle.cpu'] = 100 * idle.cpu;
      figures['busy.cpu'] = (100 * (busyTo.cpu - idleTo.cpu)) / LOAD.seconds;
    }
    return Object.fromEntries(Object.entries(figures).map(([id, value]) => [`fleet.${nodes}.${id}`, value]));
  },
});

/** What a fleet costs PostgreSQL, idle and with a job every 10 ms, and how soon these begin. */
export const fleets: readonly Measure[] = FLEETS.map(fleetOf);
