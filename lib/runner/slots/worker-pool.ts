import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { LimitingChannels } from '../../store/claims/claim-store.js';
import type { RoundTripInfo } from '../../store/claims/round-trip-info.js';
import { OpenClaims } from '../claiming/open-claims.js';
import { AttemptStarter } from './attempt-starter.js';
import { PrefetchQueue } from './prefetch-queue.js';
import { SettleBuffer, type SettleBatch } from '../claiming/settle-buffer.js';
import { PrefetchPlan } from './prefetch-plan.js';
import { type PrefetchWanted, SHORT_MS } from './prefetch-policy.js';
import { HeldPermits } from './held-permits.js';
import { RatedStarts } from './rated-starts.js';
import { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';
import type { WorkerPoolHooks } from './worker-pool.hooks.js';
import type { TransactionalSlots } from './transactional-slots.js';

/** Prefetched jobs that cannot start within this many milliseconds are given back. */
const PREFETCH_LIMIT_MS = 100;

/** What this node has: attempts that run, prefetched jobs, and ends that wait to be written. Performs no I/O. */
export class WorkerPool {
  readonly attempts = new Map<string, RunningAttempt>();
  readonly prefetched = new PrefetchQueue();
  readonly permits = new HeldPermits();
  readonly openClaims = new OpenClaims();
  readonly ratedStarts = new RatedStarts(this.permits);
  private readonly plan: PrefetchPlan;
  private readonly starter = new AttemptStarter({
    begin: (attempt) => this.begin(attempt),
    writeStart: (attempt) => {
      this.settleBuffer.noteStarted(attempt);
      this.hooks.changed();
    },
  });
  readonly settleBuffer = new SettleBuffer();
  /** Slots that a round trip under way has asked jobs for. */
  reserved = 0;
  /** False while the permits are being booked again: then nothing is handed over. */
  private synced = true;
  /** A job runs outside the context of any call, also of the one that woke this node. */
  private readonly outside = AsyncLocalStorage.snapshot();
  /** False while the node stops or is quiet: what still comes is given back. */
  private open = true;

  constructor(
    private readonly concurrency: number,
    readonly transactional: TransactionalSlots,
    private readonly hooks: WorkerPoolHooks,
  ) {
    this.plan = new PrefetchPlan(concurrency);
  }

  get freeSlots(): number {
    if (this.starter.isolating) return 0;
    return Math.max(0, this.concurrency - this.attempts.size - this.reserved);
  }

  /** Something has to be written. */
  get unsettled(): boolean {
    return !this.settleBuffer.empty;
  }

  /** Jobs from a claim: those with a permit start, if a slot is free; the others wait in the prefetch queue. */
  receive(
    jobs: readonly ClaimedJob[],
    { booked, turns }: Pick<RoundTripInfo, 'booked' | 'turns'> = {},
  ): void {
    if (booked !== undefined) this.permits.book(booked);
    if (!this.open) {
      this.settleBuffer.giveBack(jobs);
      return;
    }
    this.prefetched.takeTurns(turns ?? []);
    // What has waited for a permit comes first.
    const others = this.prefetched.size > 0;
    for (const job of jobs) {
      if (job.prefetched || this.freeSlots === 0) this.prefetched.add(job);
      else if (!others && this.transactional.roomFor(job.name) > 0) this.start(job);
      else this.setAside(job);
    }
    this.fill();
  }

  /** It waits without its permits, which another job may use meanwhile. */
  private setAside(job: ClaimedJob): void {
    this.permits.hold(job.channel);
    this.permits.release(job.channel);
    this.prefetched.add(job);
  }

  /** Nothing starts here any more, and what has not begun is given back. */
  close(): void {
    this.open = false;
    this.giveBack(0);
    for (const attempt of this.starter.takeIsolated()) this.returnUnbegun(attempt);
  }

  /** Takes jobs again. */
  reopen(): void {
    this.open = true;
  }

  /** Starts prefetched jobs, in order, as long as there are slots and permits. */
  fill(): void {
    if (!this.synced || !this.open) return;
    while (this.prefetched.size > 0 && this.freeSlots > 0) {
      const job = this.prefetched.take(
        ({ name, channel }) => this.transactional.roomFor(name) > 0 && this.permits.take(channel),
      );
      if (job === undefined) return;
      this.start(job, true);
    }
  }

  /** How many jobs to prefetch beyond those that are, by channel. */
  prefetchWanted(): PrefetchWanted {
    return this.plan.wanted(this.permits, this.prefetched);
  }

  /** Marks runs that last, and looks whether something has waited in the prefetch queue for too long. */
  checkDurations(): void {
    const now = performance.now();
    for (const attempt of this.attempts.values()) {
      if (attempt.isLong) continue;
      if (now - attempt.startedAt < SHORT_MS) break;
      attempt.isLong = true;
      this.plan.long(attempt.job.channel, 1);
      if (!attempt.startWritten) this.settleBuffer.noteStarted(attempt);
    }
    if (this.starter.isolating) this.advanceIsolation();
    if (this.unsettled || this.prefetchedOverdue) this.hooks.changed();
  }

  private advanceIsolation(): void {
    this.starter.advance(this.attempts.size);
    if (!this.starter.isolating) this.hooks.freed();
  }

  /** Gives back jobs that were prefetched longer ago than `ms`; 0 gives back all of them. */
  giveBack(ms: number): void {
    if (this.prefetched.size > 0) this.settleBuffer.giveBack(this.prefetched.takeOlderThan(ms));
  }

  /** Something has waited in the prefetch queue for too long. */
  get prefetchedOverdue(): boolean {
    return this.prefetched.size > 0 && this.prefetched.hasOlderThan(PREFETCH_LIMIT_MS);
  }

  /**
   * Gives back prefetched jobs below a channel in which nothing of this node runs any more: its permit goes back with
   * the next round trip, and another node must not find later jobs before these. And all that waits for too long.
   */
  giveBackStranded(): void {
    // Right before a round trip: one under way could bring later jobs that would overtake these.
    this.giveBack(PREFETCH_LIMIT_MS);
    if (this.prefetched.size > 0)
      this.settleBuffer.giveBack(
        this.prefetched.takeChannels((channel) => this.permits.parallelism(channel) === 0),
      );
  }

  /** Gives back jobs that the database says are here, and this node knows nothing of. */
  giveBackUnknown(
    held: readonly { uuid: string; retry: number }[],
  ): { uuid: string; retry: number; kind: 'back' }[] {
    const known = new Set([
      ...this.attempts.keys(),
      ...this.prefetched.uuids(),
      ...this.settleBuffer.uuids(),
    ]);
    return held
      .filter(({ uuid }) => !known.has(uuid))
      .map(({ uuid, retry }) => ({ uuid, retry, kind: 'back' }));
  }

  /** Drops a job that somebody cancelled before it began; undefined where it has begun or is not here. */
  dropPrefetched(uuid: string): ClaimedJob | undefined {
    const job = this.prefetched.remove(uuid);
    if (job !== undefined) this.settleBuffer.giveBack([job]);
    return job;
  }

  /** What the next round trip takes along, see {@link SettleBuffer.take}. */
  takeSettled(one: boolean): SettleBatch {
    const taken = this.settleBuffer.take(one);
    return { ...taken, started: taken.started.filter((attempt) => this.attempts.has(attempt.job.uuid)) };
  }

  /** That these runs have started is in the database, so a death of this node from now on counts for them. */
  startsWritten(runs: readonly RunningAttempt[]): void {
    this.hooks.startsWritten?.(runs);
    for (const attempt of runs) {
      attempt.startWritten = true;
      if (!attempt.awaitsStart || this.attempts.get(attempt.job.uuid) !== attempt) continue;
      attempt.awaitsStart = false;
      if (this.open && attempt.abortReason === undefined) {
        this.starter.startWritten(attempt);
      } else if (attempt.cancelled) {
        this.begin(attempt);
      } else {
        this.returnUnbegun(attempt);
      }
    }
  }

  private returnUnbegun(attempt: RunningAttempt): void {
    this.leave(attempt);
    if (this.synced && attempt.holdsPermit) this.permits.release(attempt.job.channel);
    this.settleBuffer.giveBack([attempt.job]);
  }

  /** From here to {@link resync} no permit changes hands. Returns what holds one, and what of it has not been called. */
  beginResync(): { running: string[]; unstarted: string[] } {
    this.synced = false;
    return {
      running: [...this.attempts.keys(), ...this.settleBuffer.waiting.map(({ attempt }) => attempt.job.uuid)],
      unstarted: this.ratedStarts.beginResync(this.attempts.values()),
    };
  }

  /** The permits as the database has booked them now. */
  resync(map: LimitingChannels): void {
    this.permits.resync(map, this.attempts.values(), this.settleBuffer.attempts);
    this.ratedStarts.resynced();
    this.transactional.pause(map.paused);
    this.synced = true;
    this.fill();
  }

  /** Everything here belongs to somebody else now: whatever still runs is told so, and its end is not written. */
  abandonAll(reason: Error): void {
    for (const attempt of this.attempts.values()) {
      attempt.discarded = true;
      attempt.holdsPermit = false;
      attempt.abort(reason);
    }
    this.prefetched.takeOlderThan(0);
    this.settleBuffer.clear();
    this.openClaims.clear();
  }

  /** The end of a run, whether its method has ended or the node waits no longer. */
  end(attempt: RunningAttempt, result: AttemptResult): void {
    // Not the run itself where the node did not wait for it.
    if (this.attempts.get(attempt.job.uuid) !== attempt) return;
    this.leave(attempt);
    const at = performance.now();
    if (attempt.startedAt <= at) this.plan.ended(attempt.job.channel, at - attempt.startedAt);
    if (!attempt.discarded) {
      attempt.call();
      if (this.synced && attempt.holdsPermit) this.permits.release(attempt.job.channel);
      this.settleBuffer.addEnded({ attempt, at, result });
    }
    this.fill();
    this.hooks.changed();
  }

  /** The slot of a run is free. */
  private leave(attempt: RunningAttempt): void {
    this.attempts.delete(attempt.job.uuid);
    if (attempt.isLong) this.plan.long(attempt.job.channel, -1);
    if (this.transactional.ended(attempt.job.name)) this.hooks.freed();
    if (!this.starter.isolating) return;
    this.starter.left(attempt);
    this.advanceIsolation();
  }

  private start(job: ClaimedJob, holds = false): void {
    const attempt = new RunningAttempt(job);
    // A run of the same job from before this node was given up: it goes on, but nobody waits for it.
    const before = this.attempts.get(job.uuid);
    if (before !== undefined) this.leave(before);
    if (!holds) this.permits.hold(job.channel);
    this.attempts.set(job.uuid, attempt);
    this.ratedStarts.watch(attempt);
    this.transactional.begun(job.name);
    this.starter.start(attempt, this.attempts.size);
    const throttled = this.permits.throttledOf(job.channel);
    if (throttled.length > 0) this.hooks.throttled(throttled);
  }

  private begin(attempt: RunningAttempt): void {
    // The node was given up meanwhile: the job is somebody else's.
    if (attempt.discarded) {
      if (this.attempts.get(attempt.job.uuid) === attempt) this.leave(attempt);
      return;
    }
    attempt.begin();
    if (attempt.cancelled || attempt.expired) {
      this.end(attempt, { kind: attempt.cancelled ? 'cancelled' : 'expired' });
      return;
    }
    void this.outside(() => this.hooks.execute(attempt)).then((result) => this.end(attempt, result));
  }
}
