import type { JobState } from '../../lib/index.js';
import type { Fired } from './batches.js';

export interface Member {
  readonly uuid: string;
  state: 'pending' | 'enqueued' | 'done' | 'failed' | 'cancelled';
  /** The node that has it, and its try there. */
  node: number;
  retry: number;
  cancelAsked: boolean;
  /** Retention has taken it. */
  removed: boolean;
}

/** A batch that counts everything anew after each change. */
export class BatchModel {
  readonly members: Member[] = [];
  readonly fired: Fired = { done: 0, success: 0, failure: 0, progress: 0 };
  closed = false;
  ended = false;
  private succeeded = false;
  private failureTold = false;
  private told = 0;

  constructor(private readonly progressStep: number) {}

  add(uuids: readonly string[]): void {
    const fresh = { state: 'pending', node: 0, retry: 0, cancelAsked: false, removed: false } as const;
    this.members.push(...uuids.map((uuid) => ({ uuid, ...fresh })));
  }

  in(...states: readonly Member['state'][]): Member[] {
    return this.members.filter(({ state, removed }) => !removed && states.includes(state));
  }

  get counts(): Partial<Record<JobState, number>> {
    const count = (wanted: Member['state']): number =>
      this.members.filter(({ state }) => state === wanted).length;
    return {
      pending: count('pending'),
      enqueued: count('enqueued'),
      done: count('done'),
      failed: count('failed'),
      cancelled: count('cancelled'),
    };
  }

  /** One transaction: members change, and what is due by then is told. */
  change(change: () => void): void {
    const failed = (): number => this.members.filter(({ state }) => state === 'failed').length;
    const before = failed();
    change();
    if (failed() > before && !this.failureTold) {
      this.failureTold = true;
      this.fired.failure += 1;
    }
    if (!this.closed) return;
    const live = this.members.filter(({ state }) => state === 'pending' || state === 'enqueued').length;
    const total = this.members.length;
    const percent = total === 0 ? 100 : ((total - live) * 100) / total;
    const steps = Math.floor(Math.floor(percent) / this.progressStep);
    if (steps > this.told) {
      this.told = steps;
      this.fired.progress += 1;
    }
    if (live > 0) {
      // A member that had ended was requeued.
      if (this.ended) this.failureTold = this.succeeded = false;
      this.ended = false;
      return;
    }
    if (!this.succeeded && this.members.every(({ state }) => state === 'done')) {
      this.succeeded = true;
      this.fired.success += 1;
    }
    if (!this.ended) this.fired.done += 1;
    this.ended = true;
  }
}
