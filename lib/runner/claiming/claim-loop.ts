import { isStatementRejected } from '../../common/pg-errors.js';
import type { ClaimStore } from '../../store/claims/claim-store.js';
import type { ClaimedInsert } from '../../store/insert/claimed-insert-store.js';
import type { NewJob } from '../../store/insert/new-job.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import type { WorkerPool } from '../slots/worker-pool.js';
import { ClaimDemand } from './claim-demand.js';
import type { ClaimLoopHooks, ClaimLoopSettings } from './claim-loop.hooks.js';
import type { LocalReceiver } from './local-receiver.js';
import { Resync } from './resync.js';
import { RoundTrips } from './round-trips.js';

/** After a round trip that failed: the first wait and the longest, in milliseconds. */
const BACKOFF_MS = { first: 50, longest: 1_000 };

/**
 * When the round trips between the worker pool and the database take place, one at a time. All that ended during one goes
 * with the next: no timer, so no delay when there is little to do, and large batches when there is much.
 */
export class ClaimLoop {
  private looping: Promise<void> | null = null;
  private stopped = false;
  private readonly demand: ClaimDemand;
  private readonly roundTrips: RoundTrips;
  private readonly resyncs: Resync;

  constructor(
    private readonly pool: WorkerPool,
    store: ClaimStore,
    private readonly receiver: LocalReceiver,
    progress: ProgressBuffer,
    settings: ClaimLoopSettings,
    private readonly hooks: ClaimLoopHooks,
  ) {
    this.demand = new ClaimDemand(pool, () => this.jobsReady());
    this.roundTrips = new RoundTrips(pool, store, this.demand, progress, settings, hooks);
    this.resyncs = new Resync(pool, store, this.roundTrips, hooks);
  }

  /** The number of this node. */
  set node(node: number) {
    this.roundTrips.node = node;
  }

  /** See {@link ClaimDemand.skipsFront}. */
  get skipsFront(): boolean {
    return this.demand.skipsFront;
  }

  /** See {@link ClaimDemand.sweepDue}. */
  get sweepDue(): boolean {
    return this.demand.sweepDue;
  }

  /** Asks for jobs from now on, or no longer. */
  accept(accepting: boolean): void {
    this.demand.accept(accepting);
    if (accepting) this.jobsReady();
  }

  /** There may be work. */
  jobsReady(): void {
    this.demand.jobsReady();
    this.wake();
  }

  /** There may be work once a slot is free. */
  jobsReadyLater(): void {
    this.demand.jobsReadyLater();
  }

  /** Whether a job of this function, of any if it is not given, could begin here now. */
  hasRoomFor(name: string | undefined): boolean {
    const { freeSlots, transactional } = this.pool;
    return (
      !this.stopped &&
      this.demand.accepting &&
      freeSlots > 0 &&
      (name === undefined || transactional.roomFor(name) > 0)
    );
  }

  /** An eta has come. */
  etaDue(): void {
    this.demand.etaDue();
    this.wake();
  }

  /** The channels may have changed, or the node's session was away: what the database has recorded is read first. */
  resync(): void {
    this.roundTrips.synced = false;
    this.wake();
  }

  /** Compares what the database says this node has with what it knows, unless it did so a moment ago. */
  audit(): void {
    if (this.resyncs.requestAudit()) this.wake();
  }

  /** Something is to be written or asked. */
  wake(): void {
    if (this.looping === null) this.occupy(this.loop());
  }

  /**
   * Stores the jobs of a call in a round trip of this node, which takes them if nothing stands in the way. Null if the node
   * has something else to do, or too little room.
   */
  insertClaimed(jobs: readonly NewJob[], notification: string | null): Promise<ClaimedInsert> | null {
    const idle = this.looping === null && !this.stopped && this.demand.accepting && !this.needed();
    if (!idle || this.demand.uncertain || !this.receiver.accepts(jobs)) return null;
    const storing = this.storeClaimed(jobs, notification);
    this.occupy(storing.then((answer) => this.receiver.begin(jobs, answer)));
    return storing;
  }

  private async storeClaimed(jobs: readonly NewJob[], notification: string | null): Promise<ClaimedInsert> {
    const roundTrip = this.pool.openClaims.nextId();
    try {
      return await this.receiver.store(jobs, { node: this.roundTrips.node, roundTrip }, notification);
    } catch (error) {
      if (!isStatementRejected(error)) {
        this.roundTrips.lost = roundTrip;
        this.roundTrips.synced = false;
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

  /** Running jobs have reported something. */
  flushProgress(): void {
    this.roundTrips.flushProgress();
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
    this.demand.stop();
  }

  private needed(): boolean {
    return (
      this.pool.unsettled ||
      this.pool.prefetchedOverdue ||
      !this.roundTrips.synced ||
      this.resyncs.auditDue ||
      this.demand.wanted
    );
  }

  private async loop(): Promise<void> {
    for (let attempt = 0; !this.stopped;) {
      // Whatever else ends in this turn of the event loop goes with the same round trip.
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.needed()) return;
      try {
        await this.next();
        if (attempt > 0) this.hooks.recovered();
        attempt = 0;
      } catch (error) {
        this.roundTrips.synced = false;
        attempt += 1;
        this.hooks.failed(error, attempt);
        const backoff = Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.longest);
        await new Promise((resolve) => setTimeout(resolve, backoff));
      }
    }
  }

  private async next(): Promise<void> {
    if (this.resyncs.auditDue && (await this.resyncs.audit())) this.demand.jobsReady();
    if (this.roundTrips.synced) await this.resyncs.settle(true);
    else if (await this.resyncs.resync()) this.demand.jobsReady();
  }
}
