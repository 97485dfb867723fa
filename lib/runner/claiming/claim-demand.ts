import { EarliestTimer } from '../../common/earliest-timer.js';
import type { LowWaterMark, RoundTripReply } from '../../store/claims/claim-store.js';
import type { PrefetchWanted } from '../slots/prefetch-policy.js';
import type { WorkerPool } from '../slots/worker-pool.js';
import { LowWater } from './low-water.js';

/** Before a claim that found only locked jobs is retried, in milliseconds. */
const LOOK_AGAIN_MS = 20;

const NO_PREFETCH: PrefetchWanted = { channels: new Map(), most: 0 };

/** What a round trip asks for. */
export interface ClaimRequest {
  /** False: it only writes. */
  readonly claims: boolean;
  readonly slots: number;
  /** How many jobs to prefetch, by channel. */
  readonly prefetch: ReadonlyMap<string, number>;
  /** The most of them over all channels. */
  readonly prefetchMost: number;
  /** Jobs whose eta has come are made ready first. */
  readonly promote: boolean;
  /** Where to begin in each channel and priority; null is a sweep from the front. */
  readonly marks: readonly LowWaterMark[] | null;
  /** How many signals of ready jobs had come by then. */
  readonly readySignals: number;
}

/** Whether this node wants jobs, how many, and from where in the ready index. Performs no I/O. */
export class ClaimDemand {
  private open = false;
  private mayHaveMore = false;
  private promoteDue = false;
  private readySignals = 0;
  private readonly lowWater = new LowWater();
  private readonly lookAgain: EarliestTimer;

  /** @param lookAgain - called when a claim that found only locked jobs is worth another try */
  constructor(
    private readonly pool: WorkerPool,
    lookAgain: () => void,
  ) {
    this.lookAgain = new EarliestTimer(lookAgain);
  }

  /** New jobs are asked for. */
  get accepting(): boolean {
    return this.open;
  }

  accept(accepting: boolean): void {
    this.open = accepting;
  }

  /** Claims don't begin at the front of what is ready, where only ended jobs are left. */
  get skipsFront(): boolean {
    return this.lowWater.active;
  }

  /** It is time for a claim that looks there, too. */
  get sweepDue(): boolean {
    return this.lowWater.sweepDue(performance.now());
  }

  /**
   * Whether a look for jobs that wait may miss some, or is dear: ready jobs may be locked by another transaction, or the
   * look would read through a dead front.
   */
  get uncertain(): boolean {
    return this.lookAgain.armed || this.lowWater.active;
  }

  jobsReady(): void {
    this.readySignals += 1;
    this.mayHaveMore = true;
  }

  /** There may be work for the next free slot. */
  jobsReadyLater(): void {
    this.mayHaveMore = true;
  }

  etaDue(): void {
    this.promoteDue = true;
    this.jobsReady();
  }

  /** A claim is due. */
  get wanted(): boolean {
    if (!this.open) return false;
    return this.promoteDue || (this.mayHaveMore && this.hasRoom);
  }

  private get hasRoom(): boolean {
    if (this.pool.freeSlots > 0) return true;
    // Ask for more at half a batch, not at empty.
    return this.pool.prefetchWanted().most > this.pool.prefetched.size;
  }

  /** What the next round trip asks for: with `claims`, as much as there is room for. */
  next(claims: boolean, now: number): ClaimRequest {
    const asks = claims && this.open;
    const promote = asks && this.promoteDue;
    if (promote) this.promoteDue = false;
    const { channels, most } = asks ? this.pool.prefetchWanted() : NO_PREFETCH;
    return {
      claims: asks,
      slots: asks ? this.pool.freeSlots : 0,
      prefetch: channels,
      prefetchMost: most,
      promote,
      marks: asks ? this.lowWater.at(now) : [],
      readySignals: this.readySignals,
    };
  }

  /** The answer to the request was lost. */
  lost({ promote }: ClaimRequest): void {
    if (promote) this.promoteDue = true;
  }

  /** @param now - when the request was made */
  answered(request: ClaimRequest, { info, jobs }: RoundTripReply, now: number): void {
    if (!request.claims || info.stale === true) return;
    if (request.slots > 0 || request.prefetch.size > 0)
      this.lowWater.learn(jobs, info.walked, request.marks === null, now);
    this.mayHaveMore = request.readySignals !== this.readySignals || (info.more === true && jobs.length > 0);
    // Another transaction has them locked: a claim that is about to end, or a person who looks at them.
    if (info.more === true && jobs.length === 0) this.lookAgain.within(LOOK_AGAIN_MS);
  }

  stop(): void {
    this.lookAgain.clear();
  }
}
