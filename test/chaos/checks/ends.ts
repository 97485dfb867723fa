import { type Check, tryOf } from './check.js';

export const everyJobEnds: Check = {
  says: 'Every accepted job reaches an end',
  violations: ({ calls, jobs }) =>
    calls
      .filter(({ uuid }) => !jobs.has(uuid))
      .map(({ kind, uuid }) => `${kind} job ${uuid} was accepted, and has not ended`),
};

export const everyDoneJobRan: Check = {
  says: 'A job that is done has run, or was set done by hand',
  violations({ jobs, runs }) {
    const ran = new Set(runs.map(tryOf));
    return [...jobs.values()]
      .filter((job) => job.state === 'done' && job.node !== null && !ran.has(tryOf(job)))
      .map(
        ({ uuid, name, node, retry }) =>
          `${name} ${uuid} is done by node ${node} at attempt ${retry}, and never ran there`,
      );
  },
};
