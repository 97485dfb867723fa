import type { Check } from './check.js';

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
    const ran = new Set(runs.map(({ uuid, node, retry }) => `${uuid} ${node} ${retry}`));
    return [...jobs.values()]
      .filter(
        ({ uuid, state, node, retry }) =>
          state === 'done' && node !== null && !ran.has(`${uuid} ${node} ${retry}`),
      )
      .map(
        ({ uuid, name, node, retry }) =>
          `${name} ${uuid} is done by node ${node} at try ${retry}, and never ran there`,
      );
  },
};
