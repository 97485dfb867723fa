import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { LimitingChannels } from '../../store/claims/claim-store.js';
import { OpenClaims } from '../claiming/open-claims.js';
import { PrefetchQueue } from './prefetch-queue.js';
import { StartThrottle } from './start-throttle.js';
import { SettleBuffer, type SettleBatch } from '../claiming/settle-buffer.js';
import { PrefetchPolicy, SHORT_MS } from './prefetch-policy.js';
import { HeldPermits } from './held-permits.js';
import { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';

/** What is at hand and could not start within this time, in milliseconds, is given back. */
const PREFETCH_LIMIT_MS = 100;

export interface WorkerPoolHooks {
  /** Runs the method; never rejects. */
  readonly execute: (attempt: RunningAttempt) => Promise<AttemptResult>;
  /** Something waits for the next round trip. */
  readonly changed: () => void;
  /** A job of a throttled channel has begun. */
  readonly throttled: (channels: readonly string[]) => void;
}

/** What this node has: jobs that run, jobs at hand, and ends that wait to be written. Speaks to nobody. */
export class WorkerPool {
  readonly attempts = new Map<string, RunningAttempt>();
  readonly prefetched = new PrefetchQueue();
  readonly permits = new HeldPermits();
  readonly openClaims = new OpenClaims();
  private readonly prefetchPolicy = new PrefetchPolicy();
  private readonly startThrottle = new StartThrottle((attempt) => this.begin(attempt));
  readonly settleBuffer = new SettleBuffer();
  /** Slots that a round trip under way has asked jobs for. */
  reserved = 0;
  /** False while the permits are being booked anew: then nothing is handed over. */
  private synced = true;
  /** Runs that last, by channel: their slots and permits don't come free soon. */
  private readonly longAttempts = new Map<string, number>();
  /** A job runs in the context of nobody's call, not in that of whoever woke this node. */
  private readonly outside = AsyncLocalStorage.snapshot();
  /** False while the node stops or is quiet: what still comes is given back. */
  private open = true;

  constructor(
    private readonly concurrency: number,
    private readonly hooks: WorkerPoolHooks,
  ) {}

  get freeSlots(): number {
    return Math.max(0, this.concurrency - this.attempts.size - this.reserved);
  }

  /** Something has to be written. */
  get unsettled(): boolean {
    return !this.settleBuffer.empty;
  }

  /** Jobs from a claim: those with a permit start, if a slot is free; the others wait at hand. */
  receive(jobs: readonly ClaimedJob[]): void {
    if (!this.open) {
      this.settleBuffer.giveBack(jobs);
      return;
    }
    for (const job of jobs) {
      if (job.prefetched || this.freeSlots === 0) this.prefetched.add(job);
      else this.start(job);
    }
    this.fill();
  }

  /** Nothing starts here any more, and what has not begun is given back. */
  close(): void {
    this.open = false;
    this.giveBack(0);
  }

  /** Takes jobs again. */
  reopen(): void {
    this.open = true;
  }

  /** Starts what is at hand, in order, as long as there are slots and permits. */
  fill(): void {
    if (!this.synced || !this.open) return;
    while (this.prefetched.size > 0 && this.freeSlots > 0) {
      const job = this.prefetched.take((channel) => this.permits.take(channel));
      if (job === undefined) return;
      this.start(job, true);
    }
  }

  /** How many jobs to have at hand beyond what is there, by channel. */
  prefetchWanted(): ReadonlyMap<string, number> {
    let slots = this.concurrency;
    for (const count of this.longAttempts.values()) slots -= count;
    const wanted = new Map<string, number>();
    for (const channel of this.prefetchPolicy.shortChannels()) {
      const width = Math.min(
        slots,
        Math.max(1, this.permits.parallelism(channel)) - (this.longAttempts.get(channel) ?? 0),
      );
      wanted.set(channel, this.prefetchPolicy.wantedFor(channel, width));
    }
    return new Map(
      [...PrefetchPolicy.share(wanted)]
        .map(([channel, count]): [string, number] => [channel, count - this.prefetched.sizeOf(channel)])
        .filter(([, count]) => count > 0),
    );
  }

  /** Marks runs that last, and looks whether something has waited at hand for too long. */
  checkDurations(): void {
    const now = performance.now();
    for (const attempt of this.attempts.values()) {
      if (attempt.isLong) continue;
      if (now - attempt.startedAt < SHORT_MS) break;
      attempt.isLong = true;
      this.noteLong(attempt, 1);
      if (!attempt.startWritten) this.settleBuffer.noteStarted(attempt);
    }
    if (this.unsettled || this.prefetchedOverdue) this.hooks.changed();
  }

  /** Gives back what has been at hand for longer than `ms`; 0 is all of it. */
  giveBack(ms: number): void {
    if (this.prefetched.size > 0) this.settleBuffer.giveBack(this.prefetched.takeOlderThan(ms));
  }

  /** Something has waited at hand for too long. */
  get prefetchedOverdue(): boolean {
    return this.prefetched.size > 0 && this.prefetched.hasOlderThan(PREFETCH_LIMIT_MS);
  }

  /**
   * Gives back what is at hand below a channel in which nothing of this node runs any more: its permit goes back with
   * the next round trip, and another node must not find later jobs before these. And all that waits for too long.
   */
  giveBackStranded(): void {
    // Only here, right before a round trip: given back while one is under way, these would be overtaken by later jobs that
    // it brings.
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

  /** From here to {@link resync} nothing is handed over, and ended runs keep their permits. Answers with what holds one. */
  beginResync(): string[] {
    this.synced = false;
    return [...this.attempts.keys(), ...this.settleBuffer.waiting.map(({ attempt }) => attempt.job.uuid)];
  }

  /** The permits as the database has booked them now. */
  resync(map: LimitingChannels): void {
    this.permits.reset(map);
    const counted = new Set(map.counted);
    for (const attempt of this.attempts.values()) {
      attempt.holdsPermit = counted.has(attempt.job.uuid);
      if (attempt.holdsPermit) this.permits.hold(attempt.job.channel);
    }
    for (const { attempt } of this.settleBuffer.waiting) {
      if (!counted.has(attempt.job.uuid)) continue;
      this.permits.hold(attempt.job.channel);
      this.permits.release(attempt.job.channel);
    }
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
    this.attempts.delete(attempt.job.uuid);
    if (attempt.isLong) this.noteLong(attempt, -1);
    const at = performance.now();
    if (attempt.startedAt <= at) this.prefetchPolicy.note(attempt.job.channel, at - attempt.startedAt);
    if (!attempt.discarded) {
      if (this.synced && attempt.holdsPermit) this.permits.release(attempt.job.channel);
      this.settleBuffer.addEnded({ attempt, at, result });
    }
    this.fill();
    this.hooks.changed();
  }

  private noteLong({ job }: RunningAttempt, by: number): void {
    const count = (this.longAttempts.get(job.channel) ?? 0) + by;
    if (count > 0) this.longAttempts.set(job.channel, count);
    else this.longAttempts.delete(job.channel);
  }

  private start(job: ClaimedJob, holds = false): void {
    const attempt = new RunningAttempt(job);
    // A run of the same job from before this node was given up: it goes on, but nobody waits for it.
    const before = this.attempts.get(job.uuid);
    if (before?.isLong === true) this.noteLong(before, -1);
    if (!holds) this.permits.hold(job.channel);
    this.attempts.set(job.uuid, attempt);
    this.startThrottle.start(attempt);
    const throttled = this.permits.throttledOf(job.channel);
    if (throttled.length > 0) this.hooks.throttled(throttled);
  }

  private begin(attempt: RunningAttempt): void {
    // The node was given up meanwhile: the job is somebody else's.
    if (attempt.discarded) {
      if (this.attempts.get(attempt.job.uuid) === attempt) this.attempts.delete(attempt.job.uuid);
      return;
    }
    attempt.begin();
    if (attempt.cancelled) {
      this.end(attempt, { kind: 'cancelled' });
      return;
    }
    void this.outside(() => this.hooks.execute(attempt)).then((result) => this.end(attempt, result));
  }
}
