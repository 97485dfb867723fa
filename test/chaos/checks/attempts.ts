import type { History } from '../history.js';
import { type Check, groupBy, tryOf } from './check.js';

/** For how long, in milliseconds, a fault may show in what follows. */
const AFTERMATH_MS = 30_000;

export const runsAreAccountedFor: Check = {
  says: 'Each run is the one that ended its job, or has its own line in the history of attempts',
  violations({ runs, attempts, jobs, batchLines }) {
    const lines = groupBy(attempts, tryOf);
    // A member of a batch may have been requeued after its end: each of its ends counts.
    const ends = groupBy(
      batchLines.flatMap(({ job, retry }) => (job === null || retry === null ? [] : [{ uuid: job, retry }])),
      tryOf,
    );
    const found: string[] = [];
    for (const [key, same] of groupBy(runs, tryOf)) {
      const job = jobs.get(same[0]?.uuid ?? '');
      const isLast = job !== undefined && job.node !== null && tryOf(job) === key;
      const ended = (job?.batch ?? null) === null ? Number(isLast) : (ends.get(key)?.length ?? 0);
      const known = (lines.get(key)?.length ?? 0) + ended;
      if (same.length > known)
        found.push(`Try ${key} (${job?.name}) began ${same.length} times, and the history knows of ${known}`);
    }
    return found;
  },
};

export const providersAreOpen: Check = {
  says: 'No attempt begins after the providers of its process were closed',
  violations({ runs }) {
    return runs
      .filter(({ closed }) => closed)
      .map((run) => `Attempt ${tryOf(run)} began in process ${run.process} after that`);
  },
};

export const deathsHaveAFault: Check = {
  says: 'No node is given up without a fault that was done to it',
  violations(history) {
    return history.attempts
      .filter((attempt) => attempt.error === 'JobFoundDeadError' && !isExplained(history, attempt))
      .map(({ uuid, retry, node, ended }) => {
        const process = processOf(history, node);
        const before = history.faults.findLast((fault) => fault.process === process && fault.begun <= ended);
        const why =
          before === undefined
            ? 'for nothing'
            : `${ended - before.ended} ms after it was over with ${before.kind}`;
        return `Node ${node} (process ${process}) was found dead with attempt ${retry} of ${uuid}, ${why}`;
      });
  },
};

function isExplained(history: History, { node, ended }: { node: number; ended: number }): boolean {
  const process = processOf(history, node);
  return history.faults.some(
    (fault) =>
      (fault.process === undefined || fault.process === process) &&
      fault.begun <= ended &&
      (fault.kind === 'kill' || fault.ended >= ended - AFTERMATH_MS),
  );
}

function processOf({ nodes, participants }: History, node: number): number | undefined {
  const pid = nodes.get(node)?.pid;
  return participants.find((one) => one.pid === pid)?.index;
}
