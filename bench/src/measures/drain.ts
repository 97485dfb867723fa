import type { Stage } from '../run/stage.ts';
import type { Seed, WorkRole } from '../systems/system.ts';
import type { Measure } from './measure.ts';

export interface Drain {
  readonly seed: Seed;
  readonly work: WorkRole;
  readonly processes: number;
}

/**
 * A slow system is stopped after this many times `--ms`, and what it has done by then is counted. With less, those that
 * begin slowly would be measured by their beginning.
 */
const LONGEST = 8;

/**
 * Jobs a second, from when it is known that some have run until the last end is written, or until time is up: what a
 * process takes to begin is the same for ten jobs and ten million.
 */
export async function drain(stage: Stage, { seed, work, processes }: Drain): Promise<number> {
  stage.load(processes);
  const url = await stage.place(work, seed);
  const workers = await stage.start({ url, work }, processes);
  const working = Promise.all(workers.map((worker) => worker.call('work')));
  const before = await stage.ranWithin(workers, 1, {});
  const start = performance.now();
  await working;
  const ran = await stage.ranWithin(workers, seed.jobs, { limit: stage.sizes.ms * LONGEST });
  if (ran === seed.jobs) await workers[0]?.call('settled');
  return ((ran - before) * 1000) / (performance.now() - start);
}

/** No-op jobs that lie there before anybody works. */
const drainWith = (processes: number): Measure => ({
  name: `drain-${processes}`,
  figures: [
    {
      id: `drain.${processes}`,
      title: `drain, ${processes} ${processes === 1 ? 'process' : 'processes'}`,
      unit: 'jobs/s',
      better: 'higher',
      needs: 'drain',
    },
  ],
  async run(stage) {
    const work: WorkRole = { handler: 'nothing', tunedFor: 'throughput' };
    return { [`drain.${processes}`]: await drain(stage, { seed: { jobs: stage.jobs }, work, processes }) };
  },
});

export const drains: readonly Measure[] = [1, 2, 4].map(drainWith);

/** Jobs that each run in a transaction, in which their end is written as well. */
export const transactional: Measure = {
  name: 'transactional',
  optional: 'all',
  figures: [
    {
      id: 'drain.transactional',
      title: 'drain, a transaction each',
      unit: 'jobs/s',
      better: 'higher',
      needs: 'transactional jobs',
    },
  ],
  async run(stage) {
    const jobs = Math.max(100, Math.round(stage.jobs / 20));
    const work: WorkRole = { handler: 'nothing', tunedFor: 'throughput', transactional: true };
    return {
      'drain.transactional': await drain(stage, { seed: { jobs, transactional: true }, work, processes: 1 }),
    };
  },
};
