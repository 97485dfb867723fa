import { callbacksOf } from './checks/batches.js';
import { zombiesOf } from './checks/capacity.js';
import { groupBy } from './checks/check.js';
import { CHECKS } from './checks/checks.js';
import type { FaultRecord } from './faults/fault.js';
import type { History } from './history.js';

/** Lines of evidence for one thing that doesn't hold. */
const SHOWN = 10;

/** Judges a history, and prints what was done and found. Answers with the number of violations. */
export function report(history: History, others: Readonly<Record<string, readonly string[]>>): number {
  const { jobs, runs, calls, attempts, faults } = history;
  const states = groupBy([...jobs.values()], ({ state }) => state);
  say('');
  say(`Calls answered  ${calls.length}`);
  say(
    `Jobs ended      ${jobs.size} (${[...states].map(([state, all]) => `${all.length} ${state}`).join(', ')})`,
  );
  say(`Tries           ${runs.length}, of which ${attempts.length} did not end well`);
  for (const [error, all] of byName(groupBy(attempts, (one) => one.error ?? 'postponed')))
    say(`                ${String(all.length).padStart(6)} ${error}`);
  say(`Effects         ${history.effects.length}`);
  const callbacks = [...callbacksOf(history)].map(([event, all]) => `${all.length} ${event}`);
  const members = [...jobs.values()].filter(({ batch }) => batch !== null).length;
  say(`Batches         ${history.batches.length} of ${members} members; callbacks: ${callbacks.join(', ')}`);
  say('');
  say('Fault                             times   recovered   p50 ms   max ms');
  for (const [kind, all] of byName(groupBy(faults, (fault) => fault.kind))) {
    const times = all.flatMap((fault) => recovery(history, fault)).toSorted((a, b) => a - b);
    const [p50, max] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
    const cells = [
      all.length,
      times.length,
      ...[p50, max].map((ms) => (ms === undefined ? '-' : Math.round(ms))),
    ];
    say(kind.padEnd(32) + cells.map((cell, at) => String(cell).padStart([7, 12, 9, 9][at] ?? 9)).join(''));
  }
  const zombies = zombiesOf(history);
  say('');
  say(
    `Methods that went on after their jobs were given to others, as the history of attempts tells: ${zombies.length}`,
  );
  for (const zombie of zombies.slice(0, SHOWN)) say(`  ${zombie}`);
  say('');
  let violations = 0;
  const judged = [
    ...CHECKS.map((check) => ({ says: check.says, found: check.violations(history) })),
    ...Object.entries(others).map(([says, found]) => ({ says, found })),
  ];
  for (const { says, found } of judged) {
    say(`${found.length === 0 ? 'holds ' : 'BROKEN'}  ${says}`);
    for (const evidence of found.slice(0, SHOWN)) say(`          ${evidence}`);
    violations += found.length;
  }
  return violations;
}

/**
 * Milliseconds from a fault to the recovery: for a process that died, until its jobs were given back; otherwise from the
 * end of the fault until a job begins there again.
 */
function recovery({ runs, nodes, participants }: History, fault: FaultRecord): number[] {
  if (fault.kind === 'kill') {
    const pid = participants[fault.process ?? -1]?.pid;
    const ended = [...nodes.values()].filter((node) => node.pid === pid).map((node) => node.ended);
    const last = Math.max(...ended.map((at) => at ?? Infinity));
    return Number.isFinite(last) ? [last - fault.begun] : [];
  }
  if (fault.kind === 'termination') return [fault.ended - fault.begun];
  const next = runs.find(
    ({ process, started }) =>
      started > fault.ended && (fault.process === undefined || process === fault.process),
  );
  return next === undefined ? [] : [next.started - fault.ended];
}

const say = (line: string): void => {
  console.log(line);
};

const byName = <T>(groups: ReadonlyMap<string, T>): [string, T][] =>
  [...groups].toSorted(([a], [b]) => a.localeCompare(b));
