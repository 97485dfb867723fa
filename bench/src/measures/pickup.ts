import { quantile } from '../report/statistics.ts';
import type { SystemProcess } from '../run/system-process.ts';
import type { Figure, Measure } from './measure.ts';

/** So far apart, 20 ms, that nearly every job has begun before the next is stored. */
const IDLE = { perSecond: 50, count: 100 };
const BUSY = { perSecond: 300, count: 300 };
/** The first of a process, which are not counted. */
const WARM_UP = { perSecond: 50, count: 10 };

const figuresOf = (where: string, title: string): readonly Figure[] =>
  [
    ['idle.p50', 'idle, p50'],
    ['idle.p99', 'idle, p99'],
    ['busy.p50', '300 jobs/s, p50'],
    ['busy.p99', '300 jobs/s, p99'],
  ].map(([id, what]) => ({
    id: `pickup.${where}.${id}`,
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
  await worker.call('settled');
  return worker.call('waited');
}

/** From the call that stores a job to the first line of its method: in the process that called, and in another. */
export const pickup: Measure = {
  name: 'pickup',
  figures: [
    ...figuresOf('within', 'pickup in the same process'),
    ...figuresOf('across', 'pickup in another process'),
  ],
  async run(stage) {
    const work = { handler: 'stamp', tunedFor: 'pickup' } as const;
    stage.load(2);
    const url = await stage.place(work);
    const [worker, other] = await Promise.all([stage.startOne({ url, work }), stage.startOne({ url })]);
    await worker.call('work');
    const callers = [
      ['within', worker],
      ['across', other],
    ] as const;
    for (const [, caller] of callers) await waits(stage, caller, worker, WARM_UP);
    const figures: Record<string, number> = {};
    // The idle ones first: what a busy system leaves behind is not theirs.
    for (const [load, rate] of [
      ['idle', IDLE],
      ['busy', BUSY],
    ] as const) {
      for (const [where, caller] of callers) {
        const waited = await waits(stage, caller, worker, rate);
        figures[`pickup.${where}.${load}.p50`] = quantile(waited, 0.5) / 1000;
        figures[`pickup.${where}.${load}.p99`] = quantile(waited, 0.99) / 1000;
      }
    }
    return figures;
  },
};
