import { describeFailure } from '../../job/failure.js';
import { isDataError } from '../../common/pg-errors.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { ClaimStore, EndRecord, RoundTripReply } from '../../store/claims/claim-store.js';
import type { RoundTripInfo } from '../../store/claims/round-trip-info.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';
import { doneRecord, endRecord } from '../attempt/attempt-result.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import type { WorkerPool } from '../slots/worker-pool.js';
import type { ClaimDemand } from './claim-demand.js';
import type { ClaimLoopHooks, ClaimLoopSettings, ClaimOutcome } from './claim-loop.hooks.js';
import type { SettleBatch } from './settle-buffer.js';

/** The round trips of a node: each settles what has ended and, if asked to, claims what there is room for. */
export class RoundTrips {
  /** The number of this node. */
  node = 0;
  /** The node and the database agree on which jobs and permits the node has. */
  synced = false;
  /** The last round trip whose answer was lost; 0: none was. */
  lost = 0;
  /** How the claim of the last round trip went. */
  private outcome: ClaimOutcome = {
    slots: 0,
    claimed: 0,
    filled: false,
    promoted: false,
    freed: new Map(),
  };
  /** Something in what was sent is refused: the ends go one at a time until it is found. */
  private isolating = false;
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly pool: WorkerPool,
    private readonly store: ClaimStore,
    private readonly demand: ClaimDemand,
    private readonly progress: ProgressBuffer,
    private readonly settings: ClaimLoopSettings,
    private readonly hooks: ClaimLoopHooks,
  ) {}

  /** Writes the progress and the log lines of running jobs. */
  flushProgress(): void {
    this.flushing ??= this.progress
      .flush(this.node)
      // It is kept, and written with the next.
      .catch(() => undefined)
      .finally(() => (this.flushing = null));
  }

  /** One round trip; false if the others have given this node up. */
  async settle(claims: boolean): Promise<boolean> {
    // What a job reported must be there when its end is; but ends don't wait for a line that can't be written.
    this.flushProgress();
    await this.flushing;
    if (claims) this.pool.giveBackStranded();
    const taken = this.pool.takeSettled(this.isolating);
    if (claims) this.pool.ratedStarts.dropped(taken.givenBack);
    const closed = this.pool.openClaims.takeClosed();
    const ends = endRecords(taken, performance.now());
    const settled = [...taken.ended.map(({ attempt }) => attempt.job), ...taken.givenBack];
    for (const job of settled) this.pool.openClaims.ended(job.claim);
    closed.push(...this.pool.openClaims.takeClosed());
    const done = taken.ended.filter(({ result }) => result.kind === 'done');
    let info: RoundTripInfo;
    try {
      info = await this.send(ends, done, closed, claims);
    } catch (error) {
      this.pool.settleBuffer.restore(isDataError(error) ? this.isolateBadRow(taken, error) : taken);
      this.pool.openClaims.reopen(settled, closed);
      throw error;
    }
    if (info.dead === true) return false;
    this.pool.startsWritten(taken.started);
    if (!this.pool.unsettled) this.isolating = false;
    this.hooks.roundTripped(info, taken.ended, this.outcome);
    if (taken.givenBack.length > 0 && !this.demand.accepting) this.hooks.gaveJobsBack();
    return true;
  }

  /** Sends what is given and, with `claims`, asks for as much as there is room for. */
  async send(
    ends: readonly EndRecord[],
    done: readonly EndedAttempt[],
    closedClaims: readonly number[],
    claims: boolean,
  ): Promise<RoundTripInfo> {
    const now = performance.now();
    const request = this.demand.next(claims, now);
    const id = this.pool.openClaims.nextId();
    // If the permits are about to be counted again, none is given back before.
    const free = claims
      ? this.pool.permits.takeFree(this.pool.prefetched.counts())
      : new Map<string, number>();
    const starts = claims ? this.pool.ratedStarts.take() : [];
    this.pool.reserved = request.slots;
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
        promote: request.promote,
        slots: request.slots,
        prefetch: request.prefetch,
        prefetchMost: request.prefetchMost,
        names: this.pool.transactional.claimable,
        only: this.settings.only,
        id,
        marks: request.marks ?? [],
      });
    } catch (error) {
      this.lost = id;
      this.demand.lost(request);
      throw error;
    } finally {
      this.pool.reserved = 0;
    }
    const { info, jobs } = answer;
    if (info.stale === true) this.synced = false;
    this.demand.answered(request, answer, now);
    this.pool.openClaims.opened(id, jobs.length);
    this.pool.receive(jobs, info);
    this.outcome = {
      slots: request.slots,
      claimed: jobs.length,
      filled: this.pool.freeSlots === 0,
      promoted: request.promote,
      freed: this.freed(free, info, jobs),
    };
    return info;
  }

  private freed(
    free: ReadonlyMap<string, number>,
    { booked = {} }: RoundTripInfo,
    jobs: readonly ClaimedJob[],
  ): ReadonlyMap<string, number> {
    const left = new Map([...free].map(([name, count]) => [name, count - (booked[name] ?? 0)]));
    for (const job of free.size > 0 ? jobs : []) {
      for (const channelName of job.prefetched ? [] : this.pool.permits.limitingChannelsOf(job.channel))
        left.set(channelName, (left.get(channelName) ?? 0) - 1);
    }
    return new Map([...left].filter(([, count]) => count > 0));
  }

  /**
   * PostgreSQL, or the way to it, refuses something in what was sent. Sent one by one, the ends show which it is: that job
   * has failed, and the others don't wait for it.
   */
  private isolateBadRow(taken: SettleBatch, error: unknown): SettleBatch {
    const [only, ...more] = taken.ended;
    if (this.isolating && only !== undefined && more.length === 0) {
      return { ...taken, ended: [{ ...only, result: { kind: 'failed', failure: describeFailure(error) } }] };
    }
    this.isolating = true;
    return taken;
  }
}

/** Everything but what is done, which has a shorter record. */
function endRecords({ started, ended, givenBack }: SettleBatch, now: number): EndRecord[] {
  return [
    ...started.map((attempt): EndRecord => ({
      uuid: attempt.job.uuid,
      retry: attempt.job.retry,
      kind: 'started',
      started: Math.max(0, now - attempt.startedAt),
    })),
    ...ended
      .filter(({ result }) => result.kind !== 'done' && result.kind !== 'settled')
      .map((one) => endRecord(one, now)),
    ...givenBack.map((job): EndRecord => ({ uuid: job.uuid, retry: job.retry, kind: 'back' })),
  ];
}
