import type { NotifierMessage } from '../../store/notify/notifier-message.js';
import type { ReadyJobs } from '../../store/notify/ready-jobs.js';
import type { ClaimOutcome } from './claim-loop.hooks.js';
import type { Roster } from './roster.js';
import { type Expected, StandIn } from './stand-in.js';

/** How long the first and the second stand-in wait before they look, in milliseconds. */
const WAIT_MS = [25, 75] as const;

/** Between two messages of a busy node that it leaves jobs to others: the shortest and the longest, in milliseconds. */
const OVERFLOW_GAP_MS = { first: 50, longest: 2_000 };

export interface ResponderHooks {
  /** Whether a job, of this function if it is known, could begin here now. */
  readonly hasRoom: (name: string | undefined) => boolean;
  /** Claims, now. */
  readonly claim: () => void;
  /** Claims as soon as there is a free slot. */
  readonly claimLater: () => void;
  /** Tells the other processes. */
  readonly publish: (message: NotifierMessage) => void;
  /** Which of these jobs nobody has claimed. */
  readonly stillWaiting: (uuids: readonly string[]) => Promise<readonly string[]>;
  readonly isLimited: (channel: string) => boolean;
}

/**
 * Decides what this node does when jobs are ready: it comes, passes them on because it has no room, or stands by and looks
 * a moment later whether they still wait. So a job costs the same on three nodes and on a hundred.
 */
export class Responder {
  private readonly standIns = WAIT_MS.map(
    (wait) => new StandIn(wait, (expected) => void this.look(expected)),
  );
  /** Jobs that this node was to come for since its last claim; Infinity: nobody knows how many. */
  private expected = 0;
  private overflowGap = 0;
  private overflowedAt = -Infinity;

  constructor(
    private readonly node: () => number,
    private readonly slots: number,
    private readonly roster: Roster,
    private readonly hooks: ResponderHooks,
  ) {}

  receive(jobs: readonly ReadyJobs[]): void {
    for (const one of jobs) this.respond(one);
  }

  /** Whether this node would come for these jobs if it were asked to. */
  wouldTake(jobs: ReadyJobs): boolean {
    return this.roster.plan(jobs) !== null && this.hooks.hasRoom(jobs.name);
  }

  /**
   * A claim has ended. Who notified of jobs counted on all slots of this node: if it is full and jobs are left, the others
   * are told of those that it did not take.
   *
   * @param left - it may have left jobs for want of slots
   */
  claimed({ slots, claimed, promoted }: ClaimOutcome, left: boolean): void {
    if (!left) {
      this.overflowGap = 0;
    } else if (slots > 0 || promoted) {
      const expected = promoted ? Infinity : this.expected;
      this.overflow(Math.min(expected - claimed, 2 * this.slots));
    }
    if (slots > 0) this.expected = 0;
  }

  private overflow(count: number): void {
    const now = performance.now();
    if (count <= 0 || now < this.overflowedAt + this.overflowGap) return;
    this.overflowedAt = now;
    this.overflowGap = Math.min(
      Math.max(OVERFLOW_GAP_MS.first, 2 * this.overflowGap),
      OVERFLOW_GAP_MS.longest,
    );
    this.hooks.publish({ jobs: [{ count, passed: [this.node()] }] });
  }

  stop(): void {
    for (const standIn of this.standIns) standIn.stop();
  }

  private respond(jobs: ReadyJobs): void {
    const plan = this.roster.plan(jobs);
    if (plan === null) return;
    const me = this.node();
    const hasRoom = this.hooks.hasRoom(jobs.name);
    if (!hasRoom) this.hooks.claimLater();
    if (plan.chosen.has(me)) {
      if (hasRoom) this.come(jobs);
      else if (!plan.everybody) this.passOn(jobs, [me]);
      return;
    }
    const place = plan.standIns.indexOf(me);
    // Who looks later counts on those that look before.
    const nodes = [...plan.chosen, ...plan.standIns.slice(0, Math.max(place, 0))];
    this.standIns[place]?.add({ jobs, nodes });
  }

  private come({ uuid, count }: ReadyJobs): void {
    this.expected += uuid === undefined ? Infinity : count;
    this.hooks.claim();
  }

  /** Others come in place of these nodes. */
  private passOn(jobs: ReadyJobs, nodes: readonly number[]): void {
    const passed = [...new Set([...(jobs.passed ?? []), ...nodes])];
    this.hooks.publish({ jobs: [{ ...jobs, passed }], full: nodes });
  }

  private async look(expected: readonly Expected[]): Promise<void> {
    const late = await this.late(expected);
    if (late.length === 0) return;
    // Below a limit, it may be for want of a permit that nobody has taken them.
    const silent = new Set(
      late
        .filter(({ jobs }) => jobs.channel !== undefined && !this.hooks.isLimited(jobs.channel))
        .flatMap(({ nodes }) => nodes),
    );
    if (silent.size > 0) {
      this.roster.setFull([...silent]);
      this.hooks.publish({ full: [...silent] });
    }
    for (const { jobs, nodes } of late) {
      if (this.hooks.hasRoom(jobs.name)) {
        this.come(jobs);
      } else {
        this.hooks.claimLater();
        this.passOn(jobs, [...nodes, this.node()]);
      }
    }
  }

  /** Those that still wait, as far as that can be seen; a claim shows the rest. */
  private async late(expected: readonly Expected[]): Promise<readonly Expected[]> {
    const uuids = expected.flatMap(({ jobs: { uuid } }) => (uuid === undefined ? [] : [uuid]));
    if (uuids.length === 0) return expected;
    try {
      const waiting = new Set(await this.hooks.stillWaiting(uuids));
      return expected.filter(({ jobs: { uuid } }) => uuid === undefined || waiting.has(uuid));
    } catch {
      return expected;
    }
  }
}
