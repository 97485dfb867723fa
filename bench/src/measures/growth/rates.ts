import type { Stage } from '../../run/stage.ts';
import type { Seed } from '../../systems/system.ts';

/** Jobs that run while the others lie there. */
export const RUN = 20_000;
/** Of everything that grows, what it is compared with. */
export const FEW = 10_000;

export interface Rates {
  readonly enqueue: number;
  readonly run: number;
}

const WORK = { handler: 'nothing', tunedFor: 'throughput' } as const;

/** How fast jobs are stored by 16 callers, and then `RUN` of them claimed, run and settled, beside what is seeded. */
export async function ratesBeside(stage: Stage, seed: Seed): Promise<Rates> {
  const url = await stage.place(WORK, seed);
  const caller = await stage.startOne({ url });
  await caller.call('enqueueFor', stage.sizes.ms / 4, 16, 'alone');
  const { count, seconds } = await caller.call('enqueueFor', stage.sizes.ms, 16, 'alone');
  const worker = await stage.startOne({ url, work: WORK });
  const start = performance.now();
  await worker.call('work');
  await stage.untilRan([worker], RUN);
  const run = (RUN * 1000) / (performance.now() - start);
  await stage.clear();
  return { enqueue: count / seconds, run };
}
