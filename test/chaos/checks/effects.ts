import { type Check, groupBy } from './check.js';

export const effectsOnce: Check = {
  says: 'Effects of transactional jobs, and the jobs they enqueue, are there exactly once',
  violations({ jobs, effects, balance }) {
    const found: string[] = [];
    const all = [...jobs.values()];
    const counts = groupBy(effects, (uuid) => uuid);
    const receipts = groupBy(
      all.filter(({ name }) => name === 'TransactionalJobs.receipt'),
      ({ args }) => args[0] as string,
    );
    for (const { uuid, name, state, node } of all) {
      if (name !== 'TransactionalJobs.transfer') continue;
      const expected = state === 'done' && node !== null ? 1 : 0;
      const effect = counts.get(uuid)?.length ?? 0;
      const receipt = receipts.get(uuid)?.length ?? 0;
      if (effect !== expected || receipt !== expected)
        found.push(`${uuid} is ${state}: ${effect} effects and ${receipt} receipts instead of ${expected}`);
    }
    for (const uuid of [...counts.keys(), ...receipts.keys()])
      if (!jobs.has(uuid)) found.push(`An effect or a receipt of ${uuid}, which is no job that ended`);
    if (balance !== 0) found.push(`The accounts sum up to ${balance} instead of 0`);
    return found;
  },
};
