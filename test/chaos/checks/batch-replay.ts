import type { BatchLine, BatchSettings } from '../history.js';

export type MemberState = 'live' | 'failed' | 'done' | 'cancelled';

/** A batch as docs/batches.md says: it takes what happened to its members, and tells which callbacks are due by then. */
export class BatchReplay {
  readonly members = new Map<string, MemberState>();
  /** Members that came when the batch was closed. */
  readonly intruders: string[] = [];
  private closed = false;
  private ended = false;
  private succeeded = false;
  private failureTold = false;
  private stepsTold = 0;

  constructor(private readonly settings: BatchSettings) {}

  /** All lines of one transaction. Closing has its callbacks apart from those of what comes after it. */
  take(lines: readonly BatchLine[]): string[] {
    const due: string[] = [];
    let failed = false;
    let waiting = false;
    for (const { what, job } of lines) {
      if (what === 'closed') {
        due.push(...this.due(failed));
        this.closed = true;
        due.push(...this.due(false));
        failed = waiting = false;
      } else if (job !== null && !what.startsWith('told ')) {
        if (this.closed && !this.members.has(job)) this.intruders.push(job);
        this.members.set(job, what as MemberState);
        failed ||= what === 'failed';
        waiting = true;
      }
    }
    if (waiting) due.push(...this.due(failed));
    return due.filter((event) => this.settings.events.includes(event));
  }

  private due(failed: boolean): string[] {
    const due: string[] = [];
    if (failed && !this.failureTold) {
      this.failureTold = true;
      due.push('failure');
    }
    if (!this.closed) return due;
    const states = [...this.members.values()];
    const live = states.filter((state) => state === 'live').length;
    if (this.settings.progressStep !== null) {
      const percent = states.length === 0 ? 100 : ((states.length - live) * 100) / states.length;
      const steps = Math.floor(percent / this.settings.progressStep);
      if (steps > this.stepsTold) {
        this.stepsTold = steps;
        due.push('progress');
      }
    }
    if (live > 0) {
      // A member that had ended was requeued.
      if (this.ended) this.failureTold = this.succeeded = false;
      this.ended = false;
      return due;
    }
    if (!this.succeeded && states.every((state) => state === 'done')) {
      this.succeeded = true;
      due.push('success');
    }
    if (!this.ended) due.push('done');
    this.ended = true;
    return due;
  }
}
