import type { SystemProcess } from '../run/system-process.ts';
import { quantile } from '../report/statistics.ts';
import type { Figure, Measure } from './measure.ts';

const IDLE = { perSecond: 25, count: 40 };
const BUSY = { perSecond: 300, count: 600 };
/** The first of a process, which are not counted. */
const WARM_UP = 10;

const figuresOf = (where: string, title: string): readonly Figure[] =>
  [
    ['idle.p50', 'idle, p50'],
    ['idle.p99', 'idle, p99'],
    ['busy.p50', '300 jobs/s, p50'],
    ['busy.p99', '300 jobs/s, p99'],
  ].map(([id, what]) => ({
    id: `${where}.${id}`,
    title: `${title}, ${what}`,
    unit: 'ms',
    better: 'lower',
    needs: 'pickup',
  }));

async function waits(
  stage: Parameters<Measure['run']>[0],
  caller: SystemProcess,
  worker: SystemProcess,
  { perSecond, count }: typeof IDLE,
): Promise<number[]> {
  const before = worker.ran;
  await caller.call('enqueueSteadily', perSecond, count);
  await stage.untilRan([worker], before + count);
  return worker.call('waited');
}

/** From the call that stores a job to the first line of its method. */
const pickup = (where: 'within' | 'across', title: string): Measure => ({
  name: `pickup-${where}`,
  figures: figuresOf(`pickup.${where}`, title),
  async run(stage) {
    const work = { handler: 'stamp', tunedFor: 'pickup' } as const;
    const url = await stage.place(work);
    const worker = await stage.startOne({ url, work });
    const caller = where === 'within' ? worker : await stage.startOne({ url });
    await worker.call('work');
    await waits(stage, caller, worker, { perSecond: IDLE.perSecond, count: WARM_UP });
    const idle = await waits(stage, caller, worker, IDLE);
    const busy = await waits(stage, caller, worker, BUSY);
    const at = `pickup.${where}`;
    return {
      [`${at}.idle.p50`]: quantile(idle, 0.5) / 1000,
      [`${at}.idle.p99`]: quantile(idle, 0.99) / 1000,
      [`${at}.busy.p50`]: quantile(busy, 0.5) / 1000,
      [`${at}.busy.p99`]: quantile(busy, 0.99) / 1000,
    };
  },
});

export const pickups: readonly Measure[] = [
  pickup('within', 'pickup in the same process'),
  pickup('across', 'pickup in another process'),
];
