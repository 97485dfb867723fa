import { type Check, groupBy } from './check.js';

const PRECISION_MS = 2;

export const sequentialOrder: Check = {
  says: 'In a sequential channel nothing begins before all that was called earlier has ended',
  violations({ jobs, runs }) {
    const steps = [...jobs.values()]
      .filter(({ name }) => name === 'SequentialJobs.step')
      .toSorted((a, b) => a.seq - b.seq);
    const runsOf = groupBy(runs, ({ uuid }) => uuid);
    const found: string[] = [];
    let latest: (typeof steps)[number] | undefined;
    for (const step of steps) {
      for (const run of runsOf.get(step.uuid) ?? []) {
        if (latest !== undefined && latest.done > run.claimed + PRECISION_MS)
          found.push(
            `${step.uuid} began ${latest.done - run.claimed} ms before ${latest.uuid} was ${latest.state}`,
          );
      }
      if (latest === undefined || step.done > latest.done) latest = step;
    }
    return found;
  },
};

export const dependentsWait: Check = {
  says: 'A job of a graph begins only when all its parents are done',
  violations({ jobs, runs, dependencies }) {
    const runsOf = groupBy(runs, ({ uuid }) => uuid);
    return dependencies.flatMap(({ parent, child }) => {
      const before = jobs.get(parent);
      return (runsOf.get(child) ?? [])
        .filter(({ claimed }) => before?.state !== 'done' || before.done > claimed + PRECISION_MS)
        .map(() => `${child} began, and its parent ${parent} was ${before?.state ?? 'not done'}`);
    });
  },
};
