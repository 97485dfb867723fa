import type { Measure } from './measure.ts';

const BULK = 1_000;
/** Connections are opened and code is compiled in this many times the time that is measured. */
const WARM_UP = 4;
const rate = { unit: 'jobs/s', better: 'higher' } as const;

/** How fast calls are stored; each waits for its commit. Nobody works meanwhile. */
export const enqueue: Measure = {
  name: 'enqueue',
  figures: [
    { id: 'enqueue.one', title: 'enqueue, one by one', needs: 'enqueue', ...rate },
    { id: 'enqueue.16', title: 'enqueue, 16 callers', needs: 'enqueue', ...rate },
    { id: 'enqueue.64', title: 'enqueue, 64 callers', needs: 'enqueue', ...rate },
    {
      id: 'enqueue.transaction',
      title: "enqueue in the caller's transaction, 16 callers",
      needs: 'enqueue in a transaction',
      ...rate,
    },
    { id: 'enqueue.bulk', title: 'enqueue 1,000 at once', needs: 'bulk', ...rate },
  ],
  async run(stage) {
    stage.load(1);
    const url = await stage.place(undefined);
    const caller = await stage.startOne({ url });
    const { ms } = stage.sizes;
    for (const callers of [64, 1]) await caller.call('enqueueFor', ms * WARM_UP, callers, 'alone');
    const figures: Record<string, number> = {};
    for (const [id, callers] of [
      ['enqueue.one', 1],
      ['enqueue.16', 16],
      ['enqueue.64', 64],
    ] as const) {
      const { count, seconds } = await caller.call('enqueueFor', ms, callers, 'alone');
      figures[id] = count / seconds;
    }
    if (stage.can('enqueue in a transaction')) {
      await caller.call('enqueueFor', ms * WARM_UP, 16, 'transaction');
      const { count, seconds } = await caller.call('enqueueFor', ms, 16, 'transaction');
      figures['enqueue.transaction'] = count / seconds;
    }
    await caller.call('bulkFor', ms * WARM_UP, BULK);
    const { count, seconds } = await caller.call('bulkFor', ms * 2, BULK);
    figures['enqueue.bulk'] = count / seconds;
    return figures;
  },
};
