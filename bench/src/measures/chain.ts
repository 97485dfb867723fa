import type { Measure } from './measure.ts';

const LENGTH = 100;
const WARM_UP = 3;
/** A system that is slower than this would make everybody wait, in milliseconds: its steps until then count. */
const PATIENCE_MS = 15_000;

/** Jobs that each wait for the one before, from the call that stores them until the last step has run. */
export const chain: Measure = {
  name: 'chain',
  optional: 'all',
  figures: [
    { id: 'chain.step', title: 'a chain of 100, each step', unit: 'ms', better: 'lower', needs: 'chain' },
  ],
  async run(stage) {
    const work = { handler: 'stamp', tunedFor: 'pickup' } as const;
    stage.load(1);
    const url = await stage.place(work);
    const worker = await stage.startOne({ url, work });
    await worker.call('work');
    await worker.call('chain', WARM_UP);
    await stage.untilRan([worker], WARM_UP);
    const start = performance.now();
    await worker.call('chain', LENGTH);
    await stage.untilRan([worker], WARM_UP + LENGTH, PATIENCE_MS).catch(() => undefined);
    const steps = worker.ran - WARM_UP;
    if (steps === 0) throw new Error(`No step of a chain has run in ${PATIENCE_MS / 1000} s`);
    return { 'chain.step': (performance.now() - start) / steps };
  },
};
