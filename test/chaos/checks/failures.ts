import { type Check, groupBy } from './check.js';

export const failuresReportedOnce: Check = {
  says: 'Each failure of a job with onFailed is reported once, in the transaction that failed it, and nothing else is',
  violations({ failureLines }) {
    const found: string[] = [];
    for (const [key, lines] of groupBy(failureLines, ({ transaction, job }) => `${job} in ${transaction}`)) {
      const count = (what: string): number => lines.filter((line) => line.what === what).length;
      if (count('failed') !== 1 || count('reported') !== 1)
        found.push(`${key} failed ${count('failed')} times, and was reported ${count('reported')} times`);
    }
    return found;
  },
};
