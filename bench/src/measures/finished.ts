import { quantile } from '../report/statistics.ts';
import type { Measure } from './measure.ts';

const CALLS = 200;
const WARM_UP = 20;

/** A call that waits for the end of its job, which another process runs: one after the other. */
export const finished: Measure = {
  name: 'finished',
  optional: 'all',
  figures: (
    [
      ['p50', 'p50'],
      ['p99', 'p99'],
    ] as const
  ).map(([id, what]) => ({
    id: `finished.${id}`,
    title: `call and result from another process, ${what}`,
    unit: 'ms',
    better: 'lower',
    needs: 'results',
  })),
  async run(stage) {
    const work = { handler: 'nothing', tunedFor: 'pickup' } as const;
    stage.load(2);
    const url = await stage.place(work);
    const [worker, caller] = await Promise.all([stage.startOne({ url, work }), stage.startOne({ url })]);
    await worker.call('work');
    await caller.call('callAndWait', WARM_UP);
    const waited = await caller.call('callAndWait', CALLS);
    return { 'finished.p50': quantile(waited, 0.5) / 1000, 'finished.p99': quantile(waited, 0.99) / 1000 };
  },
};
