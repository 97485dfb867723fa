import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../report/statistics.ts';
import type { Stage } from '../run/stage.ts';
import type { SystemProcess } from '../run/system-process.ts';
import type { Measure } from './measure.ts';

/** Schedules that tick at the same moments. */
const SCHEDULES = 10;
/** Ticks of each, where a system has schedules of every second; else they are as many as `--minutes`. */
const SECONDS = 30;
/** Jobs that run before the first tick, so that nothing is cold but the schedules. */
const WARM = 1_000;
/** Jobs that wait while others are drained, for a system with a share of 1. */
const BACKLOG = 20_000;

const figure = (id: string, title: string) =>
  ({ id: `lateness.${id}`, title, unit: 'ms', better: 'lower', needs: 'schedules' }) as const;

/** From the ticks of schedules to the first lines of their jobs' methods: idle, and beside a drain that doesn't end. */
export const lateness: Measure = {
  name: 'lateness',
  once: true,
  optional: 'all',
  figures: [
    figure('idle.p50', 'lateness of ticks, idle, p50'),
    figure('idle.p99', 'lateness of ticks, idle, p99'),
    figure('drain.p50', 'lateness of ticks beside a drain, p50'),
    figure('drain.p99', 'lateness of ticks beside a drain, p99'),
  ],
  async run(stage) {
    const figures: Record<string, number> = {};
    for (const where of ['idle', 'drain'] as const) {
      const late = await lateTicks(stage, where === 'drain');
      figures[`lateness.${where}.p50`] = quantile(late, 0.5);
      figures[`lateness.${where}.p99`] = quantile(late, 0.99);
    }
    return figures;
  },
};

async function lateTicks(stage: Stage, drains: boolean): Promise<number[]> {
  const tunedFor = drains ? 'throughput' : 'pickup';
  const work = { handler: 'nothing', tunedFor, schedules: SCHEDULES } as const;
  const url = await stage.place(work, { jobs: WARM });
  const worker = await stage.startOne({ url, work });
  const feeder = drains ? await stage.startOne({ url }) : undefined;
  await worker.call('work');
  await stage.untilRan([worker], WARM);
  const ticks = stage.can('schedules of every second') ? SECONDS : Math.ceil(stage.sizes.minutes);
  const late = worker.call('ticks', ticks * SCHEDULES);
  if (feeder !== undefined) await feed(feeder, worker, BACKLOG * stage.system.share, late);
  return late;
}

/** Stores jobs so that some always wait, until `done` resolves. */
async function feed(
  feeder: SystemProcess,
  worker: SystemProcess,
  backlog: number,
  done: Promise<unknown>,
): Promise<void> {
  const state = { done: false };
  const noted = done.finally(() => (state.done = true));
  for (let fed = WARM; !state.done;) {
    if (fed - worker.ran < backlog) {
      await feeder.call('bulk', 1_000);
      fed += 1_000;
    } else {
      await sleep(5);
    }
  }
  await noted;
}
