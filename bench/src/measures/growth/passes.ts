import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemProcess } from '../../run/system-process.ts';
import type { Stage } from '../../run/stage.ts';

/** A process that stores jobs and one that runs them, on a fresh database. */
export interface Flow {
  readonly url: string;
  readonly caller: SystemProcess;
  readonly worker: SystemProcess;
}

export async function startFlow(stage: Stage): Promise<Flow> {
  const work = { handler: 'nothing', tunedFor: 'throughput' } as const;
  const url = await stage.place(work);
  const worker = await stage.startOne({ url, work });
  const caller = await stage.startOne({ url });
  await worker.call('work');
  return { url, caller, worker };
}

/** Jobs a second of each pass: `size` are stored, a thousand with a call, and run meanwhile; at least `every` ms apart. */
export async function passes(
  stage: Stage,
  { caller, worker }: Flow,
  { count, size, every }: { count: number; size: number; every: number },
): Promise<number[]> {
  const rates: number[] = [];
  for (let pass = 0; pass < count; pass += 1) {
    const before = worker.ran;
    const start = performance.now();
    await caller.call('bulk', size);
    await stage.untilRan([worker], before + size);
    rates.push((size * 1000) / (performance.now() - start));
    await sleep(Math.max(0, every - (performance.now() - start)));
  }
  return rates;
}
