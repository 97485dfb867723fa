import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { ClaimedInsert, ClaimedInsertStore } from '../../store/insert/claimed-insert-store.js';
import { areUniform } from '../../store/insert/insert-uniform.js';
import type { NewJob, StoredJob } from '../../store/insert/new-job.js';
import type { ClaimLoopSettings } from './claim-loop.hooks.js';
import type { WorkerPool } from '../slots/worker-pool.js';

/** Arguments of this many characters at most: ends wait for a round trip that carries more. */
const MAX_CHARACTERS = 64_000;

/** Takes jobs as they are called in this process: their INSERT makes them this node's, and no claim has to. */
export class LocalReceiver {
  constructor(
    private readonly pool: WorkerPool,
    private readonly inserts: ClaimedInsertStore,
    private readonly settings: ClaimLoopSettings,
  ) {}

  /**
   * Whether this node could run all of these at once, by what it knows: the database looks again. One slot stays free, so
   * that these take none from a job of another channel that came before, and of which this node has not heard yet.
   */
  accepts(jobs: readonly NewJob[]): boolean {
    const [first] = jobs;
    if (first === undefined || jobs.length >= this.pool.freeSlots) return false;
    const { only } = this.settings;
    return (
      this.pool.permits.limitingChannelsOf(first.channel).length === 0 &&
      this.pool.transactional.claimable.includes(first.name) &&
      this.pool.transactional.roomFor(first.name) >= jobs.length &&
      (only === null || only.some((served) => `${first.channel}.`.startsWith(`${served}.`))) &&
      jobs.reduce((sum, { args }) => sum + args.length, 0) <= MAX_CHARACTERS &&
      areUniform(jobs)
    );
  }

  async store(
    jobs: readonly NewJob[],
    by: { readonly node: number; readonly roundTrip: number },
    notification: string | null,
  ): Promise<ClaimedInsert> {
    const { openClaims: ledger, permits } = this.pool;
    this.pool.reserved = jobs.length;
    try {
      const answer = await this.inserts.insert({ ...by, version: permits.version }, jobs, notification);
      if (answer.claimed) ledger.opened(by.roundTrip, jobs.length);
      return answer;
    } catch (error) {
      this.pool.reserved = 0;
      throw error;
    }
  }

  /** Runs them if they are this node's. The calls return first, so that their callers know that the jobs are stored. */
  async begin(jobs: readonly NewJob[], { claimed, rows, roundTrip }: ClaimedInsert): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.pool.reserved = 0;
    if (claimed) this.pool.receive(claimedJobs(jobs, rows, roundTrip));
  }
}

/** Jobs that were stored as this node's own, as they would come from a claim. */
function claimedJobs(jobs: readonly NewJob[], rows: readonly StoredJob[], claim: number): ClaimedJob[] {
  const receivedAt = performance.now();
  return jobs.map((job, at) => {
    const { seq, dateCreated } = rows[at] as StoredJob;
    return {
      uuid: job.uuid,
      seq,
      name: job.name,
      channel: job.channel,
      priority: job.priority,
      retry: 1,
      maxRetries: job.maxRetries,
      args: job.args,
      description: job.description,
      identityKey: null,
      identityUntilDone: job.identityUntilDone,
      tags: job.tags === null ? null : (JSON.parse(job.tags) as string[]),
      eta: null,
      startBefore: null,
      userId: job.userId,
      context: job.context,
      trace: job.trace,
      graphUuid: job.graphUuid,
      batchUuid: job.batchUuid,
      tick: null,
      hasChildren: job.hasChildren,
      dateCreated,
      dateEnqueued: new Date(dateCreated),
      deaths: 0,
      prefetched: false,
      claim,
      receivedAt,
      expiresAt: Infinity,
    };
  });
}
