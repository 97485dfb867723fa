import { type Check, groupBy } from './check.js';

export const noRefreshSwallowed: Check = {
  says: 'A call that got a waiting job by its identity key finds that job begin after it',
  violations({ calls, jobs, runs }) {
    const runsOf = groupBy(runs, ({ uuid }) => uuid);
    return calls
      .filter(({ facts, uuid }) => facts.deduplicated === true && jobs.get(uuid)?.state === 'done')
      .filter(({ uuid, called }) => !(runsOf.get(uuid) ?? []).some(({ started }) => started >= called))
      .map(({ uuid, facts }) => `${uuid} (${facts.key}) was given to a call after which it never began`);
  },
};

export const cancelledStays: Check = {
  says: 'A job that somebody cancelled is not begun any more, and ends as cancelled',
  violations({ calls, jobs, runs }) {
    const runsOf = groupBy(runs, ({ uuid }) => uuid);
    return calls
      .filter(({ kind }) => kind === 'cancelled')
      .flatMap(({ uuid, answered }) => [
        ...(jobs.get(uuid)?.state === 'cancelled' ? [] : [`${uuid} is ${jobs.get(uuid)?.state}`]),
        ...(runsOf.get(uuid) ?? [])
          .filter(({ claimed }) => claimed > answered)
          .map(({ claimed }) => `${uuid} was claimed ${claimed - answered} ms after it was cancelled`),
      ]);
  },
};
