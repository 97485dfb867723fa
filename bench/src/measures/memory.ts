import { passes, startFlow } from './growth/passes.ts';
import type { Measure } from './measure.ts';

const JOBS = 1_000_000;
const PASSES = 100;
const MIB = 1024 ** 2;

/** What a worker's process takes of the machine's memory, early and late in a million jobs. */
export const memory: Measure = {
  name: 'memory',
  optional: 'named',
  once: true,
  figures: [
    {
      id: 'memory.early',
      title: 'memory of a worker, after 100,000 jobs',
      unit: 'MiB',
      better: 'lower',
      needs: 'bulk',
    },
    {
      id: 'memory.late',
      title: 'memory of a worker, after a million',
      unit: 'MiB',
      better: 'lower',
      needs: 'bulk',
    },
  ],
  async run(stage) {
    const size = Math.max(100, Math.round((JOBS * stage.sizes.scale * stage.system.share) / PASSES));
    const flow = await startFlow(stage);
    await passes(stage, flow, { count: PASSES / 10, size, every: 0 });
    const early = (await flow.worker.call('memory')) / MIB;
    await passes(stage, flow, { count: PASSES - PASSES / 10, size, every: 0 });
    return { 'memory.early': early, 'memory.late': (await flow.worker.call('memory')) / MIB };
  },
};
