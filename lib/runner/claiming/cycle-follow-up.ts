import { EarliestTimer } from '../../common/earliest-timer.js';
import type { ChannelStore } from '../../store/channels/channel-store.js';
import type { RoundTripInfo } from '../../store/claims/round-trip-info.js';
import type { JobEvents } from '../../store/notify/job-events.js';
import type { Notifier } from '../../store/notify/notifier.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';
import { endEvent, startEvent } from '../reporting/attempt-events.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { StatsRecorder } from '../reporting/stats-recorder.js';
import type { ClaimOutcome } from './claim-loop.hooks.js';
import type { Responder } from './responder.js';
import type { Roster } from './roster.js';

/** Between two messages of this node that it is starved, in milliseconds. */
const STARVED_GAP_MS = 250;

/**
 * When an eta has come, this long after it each of the first nodes of those that can do the same looks, in milliseconds:
 * the others stand in for the first. The rest learn from a heartbeat if it is still there.
 */
const DUE_WAIT_MS = [0, 50, 150] as const;

/** A job that is overdue is locked by somebody, or the nodes that were to look are away: before it is looked for, in milliseconds. */
const OVERDUE_MS = 20;

export interface CycleFollowUpParts {
  readonly notifier: Notifier;
  readonly channels: ChannelStore;
  readonly log: NodeLog;
  readonly books: StatsRecorder;
  readonly events: JobEvents;
  readonly node: () => number;
  readonly roster: Roster;
  readonly responder: Responder;
  /** How many slots this node has. */
  readonly slots: number;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** There may be jobs to claim. */
  readonly claim: () => void;
  /** An eta has come. */
  readonly promote: () => void;
  readonly trouble: (error: unknown) => void;
}

/** What follows from a round trip beside its jobs: timers, messages to other nodes, statistics and the log. */
export class CycleFollowUp {
  private readonly due: EarliestTimer;
  private readonly throttle: EarliestTimer;
  private toldStarved = 0;
  private followedAt = performance.now();

  constructor(private readonly parts: CycleFollowUpParts) {
    this.due = new EarliestTimer(parts.promote);
    this.throttle = new EarliestTimer(parts.claim);
  }

  /** A job is due within this time, in milliseconds. */
  dueWithin(ms: number): void {
    const wait = DUE_WAIT_MS[this.parts.roster.place];
    if (wait !== undefined) this.due.within(ms + wait);
  }

  /** The same, from a heartbeat: every node comes for one that is overdue. */
  dueByHeartbeat(ms: number): void {
    if (ms <= 0) this.due.within(OVERDUE_MS);
    else this.dueWithin(ms);
  }

  /** Milliseconds since the last round trip. */
  get idleFor(): number {
    return performance.now() - this.followedAt;
  }

  stop(): void {
    this.due.clear();
    this.throttle.clear();
  }

  follow(info: RoundTripInfo, ended: readonly EndedAttempt[], outcome: ClaimOutcome): void {
    const { channels, log, books, node, claim, trouble, events } = this.parts;
    this.followedAt = performance.now();
    if (info.nextEta !== undefined) this.due.within(info.nextEta);
    if (info.wake !== undefined) this.throttle.within(info.wake);
    if (info.missing !== undefined) void channels.ensure(info.missing).then(claim, trouble);
    if (info.starved !== undefined) this.followStarved(info.starved);
    if (outcome.freed.size > 0) this.followFreed(outcome);
    this.followReady(info, ended, outcome);
    for (const uuid of info.fenced ?? []) log.fenced(node(), uuid);
    if (ended.length === 0) return;
    const fenced = new Set(info.fenced);
    books.ended(ended, fenced);
    this.followEnds(ended, fenced);
    if (events.wanted)
      events.emit(
        ended.filter(({ attempt }) => !fenced.has(attempt.job.uuid)).map((one) => endEvent(one, node())),
      );
  }

  started(attempts: readonly RunningAttempt[]): void {
    const { events, node } = this.parts;
    if (events.wanted) events.emit(attempts.map((attempt) => startEvent(attempt, node())));
  }

  /** Who waits for permits is told when some come back. */
  private followStarved(starved: readonly string[]): void {
    const { notifier, roster, node, pollInterval } = this.parts;
    const now = performance.now();
    roster.setStarved(node(), starved, 2 * pollInterval);
    if (now <= this.toldStarved + STARVED_GAP_MS) return;
    this.toldStarved = now;
    notifier.publishRemote({ starved: [{ node: node(), channels: starved }] });
  }

  private followFreed({ freed, slots }: ClaimOutcome): void {
    const { notifier, roster, node, claim } = this.parts;
    const channels = [...freed.keys()];
    if (!roster.anyStarved(channels)) return;
    // What waits for them may be for this node's next free slot.
    if (slots === 0) claim();
    notifier.publishRemote({
      jobs: [{ count: Math.max(...freed.values()), freed: channels, passed: [node()] }],
    });
  }

  /** Jobs that have become ready by this round trip, and those that it left: who comes for them. */
  private followReady(info: RoundTripInfo, ended: readonly EndedAttempt[], outcome: ClaimOutcome): void {
    const { notifier, roster, responder, node, slots, claim } = this.parts;
    const left = outcome.slots === 0 || (outcome.filled && info.more === true);
    responder.claimed(outcome, left);
    const settled = ended.some(({ result }) => result.kind === 'settled' && result.released);
    // Dependents of a transactional job: one may have its eta still to come, so that is looked for, too.
    if (settled) this.due.within(0);
    if (info.released !== true && !settled) return;
    // The claim came after that. If it has left none, only those have to come that can run what this node can't.
    if (left) {
      claim();
      notifier.publishRemote({ jobs: [{ count: 2 * slots, passed: [node()] }] });
    } else if (!roster.uniform) {
      notifier.publishRemote({ jobs: [{ count: 1, first: node() }] });
    }
  }

  private followEnds(ended: readonly EndedAttempt[], fenced: ReadonlySet<string>): void {
    const { log, notifier } = this.parts;
    for (const { attempt, at, result } of ended) {
      if (result.kind === 'failed') log.failed(attempt, result.failure, at - attempt.startedAt);
      if (result.kind === 'settled' && result.seconds !== undefined) this.due.within(result.seconds * 1000);
      if (result.kind !== 'retry') continue;
      if (result.seconds > 0) this.due.within(result.seconds * 1000);
      if (result.failure !== undefined) log.retried(attempt, result.failure, result.seconds);
    }
    notifier.publishEnded(
      ended
        .filter(({ attempt, result }) => result.kind !== 'retry' && !fenced.has(attempt.job.uuid))
        .map(({ attempt }) => attempt.job.uuid),
    );
  }
}
