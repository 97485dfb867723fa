import type { StartRecord } from '../../store/claims/claim-store.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { HeldPermits } from './held-permits.js';
import { StartReport } from './start-report.js';

/** Which starts below channels with a rate the next round trip reports. */
export class RatedStarts {
  private readonly report = new StartReport();
  /** Attempts whose methods had not been called when a resync began. */
  private unstarted: RunningAttempt[] = [];
  /** From the beginning of a resync to its end the database counts the calls. */
  private counting = true;

  constructor(private readonly permits: HeldPermits) {}

  /** Below a channel with a rate, the call of its method is reported. */
  watch(attempt: RunningAttempt): void {
    if (this.permits.ratedOf(attempt.job.channel).length === 0) return;
    attempt.onCall = () => {
      if (this.counting) this.called(attempt.job);
    };
  }

  /** Jobs go back to the queue: they do not start after all. */
  dropped(jobs: readonly ClaimedJob[]): void {
    for (const { channel } of jobs) {
      const rated = this.permits.ratedOf(channel);
      if (rated.length > 0) this.report.dropped(rated);
    }
  }

  /** What the next round trip reports. */
  take(): StartRecord[] {
    return this.report.take();
  }

  /** A resync begins: returns the uuids of the attempts whose methods have not been called. */
  beginResync(attempts: Iterable<RunningAttempt>): string[] {
    this.counting = false;
    this.unstarted = [...attempts].filter(({ called, discarded }) => !called && !discarded);
    return this.unstarted.map(({ job }) => job.uuid);
  }

  /** The database has counted, and the permits are those of the channels as they are now. */
  resynced(): void {
    this.counting = true;
    this.report.clear();
    for (const attempt of this.unstarted) {
      if (attempt.called) this.called(attempt.job);
      else this.watch(attempt);
    }
    this.unstarted = [];
  }

  private called({ channel }: ClaimedJob): void {
    const rated = this.permits.ratedOf(channel);
    if (rated.length > 0) this.report.started(rated);
  }
}
