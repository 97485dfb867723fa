import { Phase } from '../../store/jobs/phase.js';
import type { ExplainedRow, ExplainFacts } from '../../store/jobs/explain-store.js';
import type { Store } from '../../store/store.js';
import { claimInOrder, type Hold, type Verdict } from './claim-order.js';
import type { ExplainedError, JobExplanation, WaitReason } from './explanation.js';

/** Jobs of one statement. */
const MAX_JOBS = 1_000;

type Pauses = ReadonlyMap<string, { readonly actor: string; readonly date: Date }>;

/** Says why jobs wait: what a claim would do with them at this moment, and by which rule. */
export class JobExplainer {
  constructor(private readonly store: Store) {}

  /**
   * Explains jobs with a bounded number of queries, two at most for each thousand; one that isn't there is left out.
   */
  async explainMany(uuids: readonly string[]): Promise<Map<string, JobExplanation>> {
    const explained = new Map<string, JobExplanation>();
    for (let from = 0; from < uuids.length; from += MAX_JOBS) {
      const facts = await this.store.explanations.read(uuids.slice(from, from + MAX_JOBS));
      const paused = Object.keys(facts.channels).filter((name) => facts.channels[name]?.paused === true);
      const pauses: Pauses = paused.length === 0 ? new Map() : await this.store.audit.pauses(paused);
      const verdicts = claimInOrder(facts);
      for (const row of facts.jobs)
        explained.set(row.uuid, explanation(facts, row, verdicts.get(row.uuid), pauses));
    }
    return explained;
  }
}

function explanation(
  facts: ExplainFacts,
  row: ExplainedRow,
  verdict: Verdict | undefined,
  pauses: Pauses,
): JobExplanation {
  const { uuid, name, channel, state } = row;
  const reasons = reasonsOf(facts, row, verdict, pauses);
  const ahead = facts.ahead[uuid]?.[facts.limits[channel]?.[0] ?? ''];
  return {
    uuid,
    name,
    channel,
    state,
    reasons,
    position: ahead === undefined ? null : ahead + 1,
    startsIn: startsIn(facts, row, reasons),
  };
}

function reasonsOf(
  facts: ExplainFacts,
  row: ExplainedRow,
  verdict: Verdict | undefined,
  pauses: Pauses,
): WaitReason[] {
  const { node, state, phase, eta } = row;
  if (phase === null)
    return [{ kind: 'ended', state: state as 'done' | 'cancelled', since: dateOf(row.ended) }];
  if (phase === Phase.failed) return [{ kind: 'failed', since: dateOf(row.started), error: errorOf(row) }];
  if (node !== null)
    return state === 'started'
      ? [{ kind: 'running', node, since: dateOf(row.started) }]
      : [{ kind: 'claimed', node, since: dateOf(row.enqueued) }];
  if (phase === Phase.parents) {
    const { count, waitsFor, failed } = facts.parents[row.uuid] ?? { count: 0, waitsFor: null, failed: null };
    return [
      {
        kind: 'parents',
        count,
        parents: waitsFor ?? [],
        failed: failed === null ? null : { uuid: failed.uuid, name: failed.name, error: errorOf(failed) },
      },
    ];
  }
  const reasons: WaitReason[] = [];
  if (phase === Phase.eta && eta !== null) {
    const until = new Date(eta);
    const { retry: attempts, maxRetries } = row;
    reasons.push(
      attempts > 0 || row.excName !== null
        ? { kind: 'retry', until, attempts, maxRetries, error: errorOf(row) }
        : { kind: 'eta', until },
    );
  }
  reasons.push(...nodeReasons(facts, row));
  const holds =
    verdict === undefined
      ? (facts.limits[row.channel] ?? []).flatMap((name): Hold[] =>
          facts.channels[name]?.paused === true ? [{ by: 'paused', channel: name }] : [],
        )
      : 'holds' in verdict
        ? verdict.holds
        : [];
  reasons.push(...holds.flatMap((hold) => reasonOf(facts, row, hold, pauses)));
  if (reasons.length > 0) return reasons;
  const place = verdict !== undefined && 'place' in verdict ? verdict.place : 1;
  return place === 1
    ? [{ kind: 'next' }]
    : [{ kind: 'turn', ahead: Math.max(place - 1, facts.ahead[row.uuid]?.[''] ?? 0) }];
}

function nodeReasons(facts: ExplainFacts, row: ExplainedRow): WaitReason[] {
  const { name, channel, known, served, functionPaused } = row;
  if (functionPaused) {
    const { by, since } = functionPaused;
    return [{ kind: 'functionPaused', name, by, since: new Date(since) }];
  }
  if (facts.nodes === 0) return [{ kind: 'noNode' }];
  if (!known) return [{ kind: 'unknownName', name }];
  return served ? [] : [{ kind: 'unserved', channel }];
}

function reasonOf(facts: ExplainFacts, { uuid }: ExplainedRow, hold: Hold, pauses: Pauses): WaitReason[] {
  const { channel } = hold;
  const room = facts.channels[channel];
  if (room === undefined) return [];
  if (hold.by === 'paused') {
    const pause = pauses.get(channel);
    return [{ kind: 'paused', channel, by: pause?.actor ?? null, since: pause?.date ?? null }];
  }
  if (hold.by === 'full') {
    const ahead = facts.ahead[uuid]?.[channel] ?? 0;
    return [{ kind: 'full', channel, capacity: room.capacity ?? 0, running: room.out, ahead }];
  }
  if (hold.by === 'held')
    return [{ kind: 'held', channel, until: new Date(room.heldUntil ?? facts.now), by: room.heldBy }];
  if (hold.by === 'throttle') return [{ kind: 'throttle', channel, until: dateOf(room.nextStart) }];
  if (hold.by === 'sequential')
    return [{ kind: 'sequential', channel, behind: { uuid: hold.behind.uuid, state: hold.behind.state } }];
  if (room.rate === null) return [];
  const { limit, per, taken, seconds } = room.rate;
  const until = facts.now + (taken >= limit ? seconds : per) * 1000;
  return [{ kind: 'rate', channel, limit, per, until: new Date(until) }];
}

/** The latest of what the reasons say; null where one of them can't be told. */
function startsIn(
  facts: ExplainFacts,
  { uuid }: ExplainedRow,
  reasons: readonly WaitReason[],
): number | null {
  const afterOthers = (channel: string): number | null => {
    const [ahead, ended] = [facts.ahead[uuid]?.[channel], facts.ended[channel] ?? 0];
    if (ahead === undefined || ahead >= facts.countedUpTo || ended === 0) return null;
    return ((ahead + 1) * facts.endedWithin) / ended;
  };
  const waits = reasons.map((reason): number | null => {
    if (reason.kind === 'next') return 0;
    if (reason.kind === 'turn') return afterOthers('');
    if (reason.kind === 'full') return afterOthers(reason.channel);
    const until = 'until' in reason ? reason.until : null;
    return until === null ? null : Math.max(0, (until.getTime() - facts.now) / 1000);
  });
  return waits.reduce((most, wait) => (most === null || wait === null ? null : Math.max(most, wait)));
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

const errorOf = ({
  excName,
  excMessage,
}: Pick<ExplainedRow, 'excName' | 'excMessage'>): ExplainedError | null =>
  excName === null ? null : { name: excName, message: excMessage ?? '' };
