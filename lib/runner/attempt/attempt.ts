import type { ClaimedJob } from '../../store/claims/claimed-job.js';

/** Equal to nothing that can be thrown. */
const NOT_REFUSED = Symbol('not refused');

/** One attempt of a job on this node. */
export class RunningAttempt {
  /** When it began, by the monotonic clock, in milliseconds; Infinity while it waits for its turn. */
  startedAt = Infinity;
  /** The node's permits count this run. */
  holdsPermit = true;
  /** It lasts, and counts as such. */
  isLong = false;
  /** That the job has started is known to the database already. */
  startWritten = false;
  /** Its method is called once the database knows that it has started. */
  awaitsStart = false;
  /** The job is no longer this node's: how it ends is nobody's business. */
  discarded = false;
  cancelled = false;
  timedOut = false;
  /** The node is stopping and has waited long enough. */
  stopped = false;
  /** The node lost its session while this ran. */
  lost = false;
  /** Seconds, where the job asked to be run again. */
  postponed: number | undefined;
  /** The error of arguments that do not match the schema of the job. */
  refusal: unknown = NOT_REFUSED;
  private controller: AbortController | undefined;
  private reason: Error | undefined;

  constructor(readonly job: ClaimedJob) {}

  /** Its method was called. */
  called = false;
  /** Is told so. */
  onCall: (() => void) | undefined;

  /** Its method is called now, or never. */
  call(): void {
    if (this.called) return;
    this.called = true;
    this.onCall?.();
  }

  begin(): void {
    this.startedAt = performance.now();
  }

  /** It would begin too late. */
  get expired(): boolean {
    return this.startedAt >= this.job.expiresAt;
  }

  /** Made on first use: most jobs never look at it. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.reason !== undefined) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.reason ??= reason;
    this.controller?.abort(this.reason);
  }

  get abortReason(): Error | undefined {
    return this.reason;
  }
}
