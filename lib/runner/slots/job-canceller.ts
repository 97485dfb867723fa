import { JobCancelledError } from '../../errors/job-cancelled.error.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { JobStore } from '../../store/jobs/job-store.js';
import type { WorkerPool } from './worker-pool.js';

/** Carries out requests to cancel jobs that this node has: the signal of one that runs aborts, one that waits is dropped. */
export class JobCanceller {
  constructor(
    private readonly pool: WorkerPool,
    private readonly jobs: JobStore,
    private readonly hooks: {
      readonly dropped: (job: ClaimedJob) => void;
      readonly trouble: (error: unknown) => void;
    },
  ) {}

  /** The database says that these are to be cancelled. */
  cancel(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      const attempt = this.pool.attempts.get(uuid);
      if (attempt !== undefined && !attempt.cancelled) {
        attempt.cancelled = true;
        attempt.abort(new JobCancelledError(`${attempt.job.name} ${uuid} was cancelled`));
        continue;
      }
      const dropped = attempt === undefined ? this.pool.dropPrefetched(uuid) : undefined;
      if (dropped !== undefined) this.hooks.dropped(dropped);
    }
  }

  /** A notification says so, which can come from anybody: the row of the job decides. */
  async cancelIfAsked(uuids: readonly string[]): Promise<void> {
    const mine = uuids.filter((uuid) => this.pool.attempts.has(uuid) || this.pool.prefetched.has(uuid));
    if (mine.length === 0) return;
    try {
      this.cancel(await this.jobs.askedToCancel(mine));
    } catch (error) {
      // The next heartbeat finds it.
      this.hooks.trouble(error);
    }
  }
}
