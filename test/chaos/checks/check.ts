import type { Attempt, History, Run } from '../history.js';

/** What must hold, and what the history says of it. A file each. */
export interface Check {
  /** As a sentence about behaviour. */
  readonly says: string;
  /** The evidence that it doesn't hold; none where it does. */
  violations(history: History): string[];
}

/**
 * An attempt is known by its job and its number; one that was given back may be there more than once. Not by its node: a method
 * may begin when its node has stopped already, or goes on under another number.
 */
export const tryOf = ({ uuid, retry }: Pick<Run, 'uuid' | 'retry'>): string => `${uuid} ${retry}`;

export function groupBy<T, K>(all: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** The errors under which a method may go on although its job was given to others. */
const TAKEN = new Set(['JobFoundDeadError', 'NodeStoppedError']);

/** The attempts that say that a node lost its job while the method ran, by attempt. */
export const takenTries = (history: History): Map<string, Attempt[]> =>
  groupBy(
    history.attempts.filter(({ error }) => TAKEN.has(error ?? '')),
    tryOf,
  );

export interface Span {
  readonly run: Run;
  /** While the run counted: until its end, that of its process, or until its job was given to others. */
  readonly from: number;
  readonly until: number;
  /** Until when the method went on after its job was given to others. */
  readonly zombieUntil: number | undefined;
}

/**
 * When each run counted. Recorded starts and ends lie within the real ones, so no span is too long. One that was stopped
 * between its claim and its recorded start may have lost its job by then: it never counted, and is a zombie from the start.
 */
export function spansOf(history: History): Span[] {
  const taken = takenTries(history);
  const endOf = new Map(history.participants.map(({ index, endedAt }) => [index, endedAt]));
  return history.runs.map((run) => {
    const ended = Math.min(run.ended, endOf.get(run.process) ?? Infinity);
    const lost = Math.min(
      ...(taken.get(tryOf(run)) ?? []).map((attempt) => attempt.ended).filter((at) => at >= run.claimed),
    );
    const until = Math.min(ended, lost);
    return { run, from: run.started, until, zombieUntil: lost < ended ? ended : undefined };
  });
}
