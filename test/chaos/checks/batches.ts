import type { BatchLine, History } from '../history.js';
import { BatchReplay } from './batch-replay.js';
import { type Check, groupBy } from './check.js';

export const batchesEnd: Check = {
  says: 'Every batch ends, with counts that are exactly those of its members, of which none is missing',
  violations(history) {
    const { jobs, calls, batches } = history;
    const replays = replay(history).replays;
    const members = groupBy([...jobs.values()], ({ batch }) => batch);
    const found: string[] = [];
    for (const { uuid, state, counts, total } of batches) {
      if (state !== 'ended') found.push(`Batch ${uuid} is ${state} when all is over`);
      const [stored, noted] = [members.get(uuid) ?? [], [...(replays.get(uuid)?.members.values() ?? [])]];
      for (const one of ['done', 'cancelled'] as const) {
        const is = stored.filter((job) => job.state === one).length;
        const was = noted.filter((last) => last === one).length;
        if (counts[one] !== is || is !== was)
          found.push(
            `Batch ${uuid} tells of ${counts[one]} ${one} members, where ${is} are stored and ${was} ended so`,
          );
      }
      if (total !== stored.length)
        found.push(`Batch ${uuid} tells of ${total} members, where ${stored.length} are stored`);
    }
    for (const { uuid, facts } of calls)
      if (facts.batch !== undefined && jobs.get(uuid)?.batch !== facts.batch)
        found.push(`${uuid} was added to batch ${facts.batch}, and is a member of ${jobs.get(uuid)?.batch}`);
    for (const [uuid, { intruders }] of replays)
      for (const job of intruders) found.push(`${job} was added to batch ${uuid} when that was closed`);
    return found;
  },
};

export const callbacksOnce: Check = {
  says: 'Each callback of a batch is stored in the transaction that makes it due, and in no other, and runs once',
  violations(history) {
    const { jobs, effects, batchLines } = history;
    const found = [...replay(history).mismatches];
    const effectsOf = groupBy(effects, (uuid) => uuid);
    const told = batchLines.filter(({ what }) => what.startsWith('told '));
    for (const { batch, what, job } of told) {
      const end = jobs.get(job ?? '');
      const times = effectsOf.get(job ?? '')?.length ?? 0;
      if (end?.state !== 'done' || times !== 1)
        found.push(
          `Callback ${job} of batch ${batch} (${what}) is ${end?.state}, and took effect ${times} times`,
        );
      else if (end.args[0] !== batch || `told ${end.args[1] as string}` !== what)
        found.push(`Callback ${job} of batch ${batch} (${what}) was given ${JSON.stringify(end.args)}`);
    }
    const known = new Set(told.map(({ job }) => job));
    for (const { uuid, name } of jobs.values())
      if (name === 'BatchJobs.told' && !known.has(uuid)) found.push(`${uuid} is a callback of no batch`);
    return found;
  },
};

/** Callbacks that were stored, by event. */
export function callbacksOf({ batchLines }: History): ReadonlyMap<string, readonly BatchLine[]> {
  return groupBy(
    batchLines.filter(({ what }) => what.startsWith('told ')),
    ({ what }) => what.slice('told '.length),
  );
}

function replay({ batchLines, batchSettings }: History): {
  readonly replays: ReadonlyMap<string, BatchReplay>;
  readonly mismatches: readonly string[];
} {
  const replays = new Map(batchSettings.map((settings) => [settings.uuid, new BatchReplay(settings)]));
  const mismatches: string[] = [];
  for (const [batch, lines] of groupBy(batchLines, (line) => line.batch)) {
    const one = replays.get(batch);
    for (const [transaction, same] of groupBy(lines, (line) => line.transaction)) {
      const due = (one?.take(same) ?? []).toSorted().join(', ');
      const stored = same
        .flatMap(({ what }) => (what.startsWith('told ') ? [what.slice('told '.length)] : []))
        .toSorted()
        .join(', ');
      if (due !== stored)
        mismatches.push(
          `Batch ${batch}: in transaction ${transaction} (${describe(same)}) due: ${due || 'none'}, stored: ${stored || 'none'}`,
        );
    }
  }
  return { replays, mismatches };
}

const describe = (lines: readonly BatchLine[]): string =>
  lines.map(({ what, job }) => (job === null ? what : `${job.slice(-6)} ${what}`)).join(', ');
