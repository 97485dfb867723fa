import type { History } from '../history.js';
import { THROTTLE } from '../tree.js';
import { type Check, type Span, spansOf } from './check.js';

/** The database's times are read in whole milliseconds here and there. */
const PRECISION_MS = 2;

export const capacityHolds: Check = {
  says: 'No channel is ever above its capacity',
  violations(history) {
    const found: string[] = [];
    const spans = spansOf(history);
    for (const channel of new Set(history.capacities.map((change) => change.channel))) {
      const below = spans.filter(({ run }) => isUnder(run.channel, channel));
      let running: typeof spans = [];
      for (const span of below) {
        if (span.until <= span.from) continue;
        running = [...running.filter(({ until }) => until > span.from), span];
        const allowed = allowedIn(history, channel, span.run.claimed, span.from);
        if (running.length > allowed)
          found.push(
            `${channel}: ${running.length} at once where ${allowed} are allowed, when ${span.run.uuid} began: ` +
              running.map((one) => described(one, span.from)).join(', ') +
              `; ${changesAround(history, channel, span.from)}`,
          );
      }
    }
    return found;
  },
};

export const throttleHolds: Check = {
  says: 'Two starts of a throttled channel are never closer than it says',
  violations({ runs }) {
    const slow = runs
      .filter(({ channel }) => channel === 'root.slow')
      .toSorted((a, b) => a.claimed - b.claimed);
    return slow.slice(1).flatMap((run, at) => {
      const before = slow[at] as typeof run;
      const gap = run.claimed - before.claimed;
      return gap < THROTTLE * 1000 - PRECISION_MS
        ? [`${before.uuid} and ${run.uuid} are ${gap} ms apart`]
        : [];
    });
  },
};

/** What goes on after its job was given to others, by name: no violation where the history of attempts shows the loss. */
export function zombiesOf(history: History): string[] {
  return spansOf(history).flatMap(({ run, until, zombieUntil }) => {
    if (zombieUntil === undefined) return [];
    const fault = history.faults.findLast(
      ({ process, begun }) => (process ?? run.process) === run.process && begun <= until,
    );
    return [
      `process ${run.process} (${fault?.kind ?? 'no fault'}) ran attempt ${run.retry} of ${run.uuid} in ${run.channel} for ` +
        `${Math.round(zombieUntil - until)} ms after node ${run.node} had lost it`,
    ];
  });
}

/** With its times, in milliseconds from the start that was one too many. */
function described({ run, from, until, zombieUntil }: Span, at: number): string {
  const times = [run.claimed, from, until, zombieUntil ?? NaN].map((time) => Math.round(time - at));
  const [claimed, began, counted, went] = times;
  const zombie = zombieUntil === undefined ? '' : `, went on until ${went}`;
  return `${run.uuid} attempt ${run.retry} (process ${run.process}, node ${run.node}, claimed ${claimed}, began ${began}, counted until ${counted}${zombie})`;
}

function changesAround({ capacities, faults }: History, channel: string, at: number): string {
  const near = capacities.filter((one) => one.channel === channel && one.begun <= at).slice(-3);
  const changes = near.map(
    ({ capacity, begun, done }) =>
      `to ${capacity} asked ${Math.round(begun - at)}, answered ${Math.round(done - at)}`,
  );
  const during = faults.filter(({ begun }) => begun <= at && begun > at - 15_000);
  const told = during.map(
    ({ kind, process, begun }) => `${kind} of ${process ?? 'all'} ${Math.round(begun - at)}`,
  );
  return `capacity ${changes.join('; ')}; faults ${told.join(', ')}`;
}

const isUnder = (channel: string, above: string): boolean =>
  channel === above || channel.startsWith(`${above}.`);

/** The largest capacity that may have been in force at some time from the claim to the start. */
function allowedIn({ capacities }: History, channel: string, from: number, to: number): number {
  const changes = capacities.filter((change) => change.channel === channel);
  const before = changes.findLast(({ done }) => done <= from);
  const possible = [
    ...(before === undefined ? [] : [before]),
    ...changes.filter(({ begun, done }) => begun <= to && done > from),
  ];
  return Math.max(...possible.map(({ capacity }) => capacity ?? Infinity));
}
