import { EarliestTimer } from '../../common/earliest-timer.js';
import type { ChannelStore } from '../../store/channels/channel-store.js';
import type { RoundTripInfo } from '../../store/claims/claim-store.js';
import type { Notifier } from '../../store/notify/notifier.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { StatsRecorder } from '../reporting/stats-recorder.js';

/** Between two messages of this node that it is starved, in milliseconds. */
const STARVED_GAP_MS = 250;

export interface CycleFollowUpParts {
  readonly notifier: Notifier;
  readonly channels: ChannelStore;
  readonly log: NodeLog;
  readonly books: StatsRecorder;
  readonly node: () => number;
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
  /** Others are starved until then. */
  private starvedUntil = 0;
  private toldStarved = 0;

  constructor(private readonly parts: CycleFollowUpParts) {
    this.due = new EarliestTimer(parts.promote);
    this.throttle = new EarliestTimer(parts.claim);
  }

  /** A job is due within this time, in milliseconds. */
  dueWithin(ms: number): void {
    this.due.within(ms);
  }

  /** Some node finds ready jobs, but no permits: it is told of those that come back here for this time, in milliseconds. */
  othersStarved(ms: number): void {
    this.starvedUntil = performance.now() + ms;
  }

  stop(): void {
    this.due.clear();
    this.throttle.clear();
  }

  /** @param returned - the round trip has left permits that others can have */
  follow(info: RoundTripInfo, ended: readonly EndedAttempt[], returned: boolean): void {
    const { notifier, channels, log, books, node, claim, trouble } = this.parts;
    if (info.nextEta !== undefined) this.due.within(info.nextEta);
    if (info.wake !== undefined) this.throttle.within(info.wake);
    if (info.missing !== undefined) void channels.ensure(info.missing).then(claim, trouble);
    const now = performance.now();
    if (info.starved !== undefined && now > this.toldStarved + STARVED_GAP_MS) {
      this.toldStarved = now;
      notifier.publish({ starved: [...info.starved] });
    }
    if (info.released === true || (returned && now < this.starvedUntil)) notifier.publish({ ready: true });
    for (const uuid of info.fenced ?? []) log.fenced(node(), uuid);
    if (ended.length === 0) return;
    books.ended(ended, new Set(info.fenced));
    this.followEnds(ended);
  }

  private followEnds(ended: readonly EndedAttempt[]): void {
    const { log, notifier } = this.parts;
    // Dependents of transactional jobs: one may have its eta still to come, so that is looked for too.
    if (ended.some(({ result }) => result.kind === 'settled' && result.released))
      notifier.publish({ ready: true, dueIn: 0 });
    for (const { attempt, at, result } of ended) {
      if (result.kind === 'failed') log.failed(attempt, result.failure, at - attempt.startedAt);
      if (result.kind === 'settled' && result.seconds !== undefined) this.due.within(result.seconds * 1000);
      if (result.kind !== 'retry') continue;
      if (result.seconds > 0) this.due.within(result.seconds * 1000);
      if (result.failure !== undefined) log.retried(attempt, result.failure, result.seconds);
    }
    notifier.publishLocal({ ended: ended.map(({ attempt }) => attempt.job.uuid) });
  }
}
