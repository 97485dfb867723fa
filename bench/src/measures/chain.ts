import type { Measure } from './measure.ts';

const LENGTH = 100;

/** From the call that stores the chain until its last step has run. */
export const chain: Measure = {
  name: 'chain',
  figures: [{ id: 'chain.100', title: 'a chain of 100', unit: 'ms', better: 'lower', needs: 'chain' }],
  async run(stage) {
    const work = { handler: 'stamp', tunedFor: 'pickup' } as const;
    const url = await stage.place(work);
    const worker = await stage.startOne({ url, work });
    await worker.call('work');
    await worker.call('chain', 3);
    await stage.untilRan([worker], 3);
    const start = performance.now();
    await worker.call('chain', LENGTH);
    await stage.untilRan([worker], 3 + LENGTH);
    return { 'chain.100': performance.now() - start };
  },
};
