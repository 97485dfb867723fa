import { isDataError, isStatementRejected } from '../../common/pg-errors.js';
import { EarliestTimer } from '../../common/earliest-timer.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { ClaimStore, RoundTripReply, RoundTripInfo, EndRecord } from '../../store/claims/claim-store.js';
import type { ClaimedInsert } from '../../store/insert/claimed-insert-store.js';
import type { NewJob } from '../../store/insert/new-job.js';
import { describeFailure } from '../../job/failure.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';
import { doneRecord, endRecord } from '../attempt/attempt-result.js';
import type { LocalReceiver } from './local-receiver.js';
import { LowWater } from './low-water.js';
import type { ClaimLoopHooks, ClaimLoopSettings } from './claim-loop.hooks.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import type { WorkerPool } from '../slots/worker-pool.js';

/** Before a claim that found only locked jobs is tried again, in milliseconds. */
const LOOK_AGAIN_MS = 20;

/** Between two looks whether this node knows all jobs that the database says it has, in milliseconds. */
const AUDIT_MS = 10_000;

/** After a round trip that failed: the first wait and the longest, in milliseconds. */
const BACKOFF_MS = { first: 50, longest: 1_000 };

/**
 * The round trips between the workbench and the database, one at a time. All that ended meanwhile goes with the next:
 * no timer, so no delay when there is little to do, and large batches when there is much.
 */
export class ClaimLoop {
  private looping: Promise<void> | null = null;
  private flushing: Promise<void> | null = null;
  /** Whether new jobs are asked for. */
  private accepting = false;
  private mayHaveMore = false;
  private promoteDue = false;
  private readySignals = 0;
  private synced = false;
  /** The last round trip left permits that others can have. */
  private returned = false;
  /** The last round trip whose answer was lost; 0: none was. */
  private lostRoundTrip = 0;
  private readonly lookAgain = new EarliestTimer(() => this.jobsReady());
  private readonly lowWater = new LowWater();
  /** Something in what was sent is refused: the ends go one at a time until it is found. */
  private isolating = false;
  private stopped = false;
  private auditDue = false;
  private auditedAt = performance.now();
  /** The number of this node. */
  node = 0;

  constructor(
    private readonly pool: WorkerPool,
    private readonly store: ClaimStore,
    private readonly receiver: LocalReceiver,
    private readonly progress: ProgressBuffer,
    private readonly settings: ClaimLoopSettings,
    private readonly hooks: ClaimLoopHooks,
  ) {}

  /** Claims don't begin at the front of what is ready, where only ended jobs are left. */
  get skipsFront(): boolean {
    return this.lowWater.active;
  }

  /** It is time for a claim that looks there, too. */
  get sweepDue(): boolean {
    return this.lowWater.sweepDue(performance.now());
  }

  /** Asks for jobs from now on, or no longer. */
  accept(accepting: boolean): void {
    this.accepting = accepting;
    if (accepting) this.jobsReady();
  }

  /** There may be work. */
  jobsReady(): void {
    this.readySignals += 1;
    this.mayHaveMore = true;
    this.wake();
  }

  /** An eta has come. */
  etaDue(): void {
    this.promoteDue = true;
    this.jobsReady();
  }

  /** The channels may have changed, or the node's session was away: what the database has booked is asked first. */
  resync(): void {
    this.synced = false;
    this.wake();
  }

  /** Compares what the database says this node has with what it knows, unless it did so a moment ago. */
  audit(): void {
    if (performance.now() - this.auditedAt < AUDIT_MS) return;
    this.auditDue = true;
    this.wake();
  }

  /** Something is to be written or asked. */
  wake(): void {
    if (this.looping === null) this.occupy(this.loop());
  }

  /**
   * Stores the jobs of a call in a round trip of this node, which takes them where nothing stands in the way. Null where
   * the node has something else to do, or too little room.
   */
  insertClaimed(jobs: readonly NewJob[], notification: string | null): Promise<ClaimedInsert> | null {
    const idle = this.looping === null && !this.stopped && this.accepting && !this.needed();
    // Not where ready jobs may be locked by somebody, or where a look whether one waits would read through a dead front.
    if (!idle || this.lookAgain.armed || this.lowWater.active || !this.receiver.accepts(jobs)) return null;
    const storing = this.storeClaimed(jobs, notification);
    this.occupy(storing.then((answer) => this.receiver.begin(jobs, answer)));
    return storing;
  }

  private async storeClaimed(jobs: readonly NewJob[], notification: string | null): Promise<ClaimedInsert> {
    const roundTrip = this.pool.openClaims.nextId();
    try {
      return await this.receiver.store(jobs, { node: this.node, roundTrip }, notification);
    } catch (error) {
      if (!isStatementRejected(error)) {
        this.lostRoundTrip = roundTrip;
        this.synced = false;
      }
      throw error;
    }
  }

  /** No other round trip begins before this has ended, in whatever way. */
  private occupy(work: Promise<unknown>): void {
    const free = (): void => {
      this.looping = null;
      if (!this.stopped && this.needed()) this.wake();
    };
    this.looping = work.then(free, free);
  }

  /** Running jobs have something to tell. */
  flushProgress(): void {
    this.flushing ??= this.progress
      .flush(this.node)
      // It is kept, and told with the next.
      .catch(() => undefined)
      .finally(() => (this.flushing = null));
  }

  /** Waits until nothing is left to write. */
  async flushed(): Promise<void> {
    while (!this.stopped && (this.pool.unsettled || this.looping !== null)) {
      this.wake();
      await this.looping;
    }
  }

  /** No more round trips, whatever is left. */
  stop(): void {
    this.stopped = true;
    this.lookAgain.clear();
  }

  private needed(): boolean {
    return (
      this.pool.unsettled ||
      this.pool.prefetchedOverdue ||
      !this.synced ||
      this.auditDue ||
      this.wantsClaim() ||
      (this.accepting && this.promoteDue)
    );
  }

  private wantsClaim(): boolean {
    if (!this.accepting || !this.mayHaveMore) return false;
    if (this.pool.freeSlots > 0) return true;
    // Ask for more at half a batch, not at empty.
    let wanted = 0;
    for (const count of this.pool.prefetchWanted().values()) wanted += count;
    return wanted > this.pool.prefetched.size;
  }

  private async loop(): Promise<void> {
    for (let attempt = 0; !this.stopped;) {
      // Whatever else ends in this turn of the event loop comes along.
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.needed()) return;
      try {
        if (this.auditDue) await this.auditNow();
        if (!this.synced) await this.resyncNow();
        else await this.roundTrip(true);
        if (attempt > 0) this.hooks.recovered();
        attempt = 0;
      } catch (error) {
        this.synced = false;
        attempt += 1;
        this.hooks.failed(error, attempt);
        const pause = Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.longest);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /**
   * Comes right with the database: writes what ended, gives back what is at hand and what this node doesn't know it
   * has (the answer to a claim was lost), and has the permits booked anew.
   */
  private async resyncNow(): Promise<void> {
    this.pool.giveBack(0);
    const lost = this.lostRoundTrip;
    if (lost > 0) await this.store.voidRoundTrip(this.node, lost);
    if (!(await this.roundTrip(false))) return;
    if (lost > 0) {
      const held = await this.store.heldJobs(this.node);
      await this.send(this.pool.giveBackUnknown(held), [], this.pool.openClaims.unknown(held), false);
      if (this.lostRoundTrip === lost) this.lostRoundTrip = 0;
    }
    const { running, unstarted } = this.pool.beginResync();
    const map = await this.store.resync(this.node, running, unstarted);
    if (map === null) {
      await this.reregister();
      return;
    }
    this.pool.resync(map);
    this.synced = true;
    this.jobsReady();
  }

  /** No round trip is under way, so what the database says and what is here are of one moment. */
  private async auditNow(): Promise<void> {
    this.auditDue = false;
    this.auditedAt = performance.now();
    const unknown = this.pool.giveBackUnknown(await this.store.heldJobs(this.node));
    if (unknown.length === 0) return;
    await this.send(unknown, [], [], false);
    this.hooks.orphans(unknown.map(({ uuid }) => uuid));
    this.resync();
    this.jobsReady();
  }

  /** One round trip; false where the others have given this node up. */
  private async roundTrip(claims: boolean): Promise<boolean> {
    // What a job told is to be there when its end is; but ends don't wait for a line that can't be written.
    this.flushProgress();
    await this.flushing;
    if (claims) this.pool.giveBackStranded();
    const taken = this.pool.takeSettled(this.isolating);
    if (claims) this.pool.noteDropped(taken.givenBack);
    const closed = this.pool.openClaims.takeClosed();
    const now = performance.now();
    const ends: EndRecord[] = [
      ...taken.started.map((attempt): EndRecord => ({
        uuid: attempt.job.uuid,
        retry: attempt.job.retry,
        kind: 'started',
        started: Math.max(0, now - attempt.startedAt),
      })),
      ...taken.ended
        .filter(({ result }) => result.kind !== 'done' && result.kind !== 'settled')
        .map((one) => endRecord(one, now)),
      ...taken.givenBack.map((job): EndRecord => ({ uuid: job.uuid, retry: job.retry, kind: 'back' })),
    ];
    for (const job of [...taken.ended.map(({ attempt }) => attempt.job), ...taken.givenBack])
      this.pool.openClaims.ended(job.claim);
    closed.push(...this.pool.openClaims.takeClosed());
    let info: RoundTripInfo;
    try {
      info = await this.send(
        ends,
        taken.ended.filter(({ result }) => result.kind === 'done'),
        closed,
        claims,
      );
    } catch (error) {
      this.pool.settleBuffer.restore(isDataError(error) ? this.isolateBadRow(taken, error) : taken);
      this.pool.openClaims.reopen(
        [...taken.ended.map(({ attempt }) => attempt.job), ...taken.givenBack],
        closed,
      );
      throw error;
    }
    if (info.dead === true) {
      await this.reregister();
      return false;
    }
    this.pool.startsWritten(taken.started);
    if (!this.pool.unsettled) this.isolating = false;
    this.hooks.roundTripped(info, taken.ended, this.returned);
    if (taken.givenBack.length > 0 && !this.accepting) this.hooks.gaveJobsBack();
    return true;
  }

  /** Sends what is given and, with `claims`, asks for as much as there is room for. */
  private async send(
    ends: readonly EndRecord[],
    done: readonly EndedAttempt[],
    closedClaims: readonly number[],
    claims: boolean,
  ): Promise<RoundTripInfo> {
    const now = performance.now();
    const asks = claims && this.accepting;
    const slots = asks ? this.pool.freeSlots : 0;
    const prefetch = asks ? this.pool.prefetchWanted() : new Map<string, number>();
    const promote = asks && this.promoteDue;
    const id = this.pool.openClaims.nextId();
    const { readySignals } = this;
    const marks = asks ? this.lowWater.at(now) : [];
    // Where the permits are booked anew afterwards, none is given back before.
    const free = claims ? this.pool.permits.takeFree() : new Map<string, number>();
    const starts = claims ? this.pool.startReport.take() : [];
    if (promote) this.promoteDue = false;
    this.pool.reserved = slots;
    let answer: RoundTripReply;
    try {
      answer = await this.store.roundTrip({
        node: this.node,
        version: this.pool.permits.version,
        done: done.map((one) => doneRecord(one, now)),
        ends,
        closedClaims,
        free,
        starts,
        promote,
        slots,
        prefetch,
        names: this.pool.transactional.claimable,
        only: this.settings.only,
        id,
        marks: marks ?? [],
      });
    } catch (error) {
      this.lostRoundTrip = id;
      if (promote) this.promoteDue = true;
      throw error;
    } finally {
      this.pool.reserved = 0;
    }
    const { info, jobs } = answer;
    if (info.stale === true) this.synced = false;
    if (asks && info.stale !== true) {
      if (slots > 0 || prefetch.size > 0) this.lowWater.learn(jobs, info.walked, marks === null, now);
      this.mayHaveMore = readySignals !== this.readySignals || (info.more === true && jobs.length > 0);
      // Somebody else has them locked: for a claim that is about to end, or for as long as a person looks at them.
      if (info.more === true && jobs.length === 0) this.lookAgain.within(LOOK_AGAIN_MS);
    }
    this.pool.openClaims.opened(id, jobs.length);
    this.returned = this.leavesPermits(free, jobs);
    this.pool.receive(jobs);
    return info;
  }

  private leavesPermits(free: ReadonlyMap<string, number>, jobs: readonly ClaimedJob[]): boolean {
    const left = new Map(free);
    for (const job of free.size > 0 ? jobs : []) {
      for (const channelName of job.prefetched ? [] : this.pool.permits.limitingChannelsOf(job.channel))
        left.set(channelName, (left.get(channelName) ?? 0) - 1);
    }
    return [...left.values()].some((count) => count > 0);
  }

  /**
   * PostgreSQL, or the way to it, refuses something in what was sent. Sent one by one, the ends show which it is: that job
   * has failed, and the others don't wait for it.
   */
  private isolateBadRow<T extends { ended: EndedAttempt[] }>(taken: T, error: unknown): T {
    const [only, ...more] = taken.ended;
    if (this.isolating && only !== undefined && more.length === 0) {
      return { ...taken, ended: [{ ...only, result: { kind: 'failed', failure: describeFailure(error) } }] };
    }
    this.isolating = true;
    return taken;
  }

  private async reregister(): Promise<void> {
    this.node = await this.hooks.reregister();
    this.lostRoundTrip = 0;
    this.synced = false;
  }
}
