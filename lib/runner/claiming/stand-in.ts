import { EarliestTimer } from '../../common/earliest-timer.js';
import type { ReadyJobs } from '../../store/notify/ready-jobs.js';

/** Jobs for which other nodes were to come. */
export interface Expected {
  readonly jobs: ReadyJobs;
  /** Those nodes: if the jobs still wait, they had no room or don't answer. */
  readonly nodes: readonly number[];
}

/** Looks after some time, once for all jobs that were noted meanwhile, whether they were claimed. */
export class StandIn {
  private waiting: { readonly expected: Expected; readonly at: number }[] = [];
  private readonly timer = new EarliestTimer(() => this.lookNow());

  /** @param wait - before a look, in milliseconds; with those noted before, a job waits for twice as long at most */
  constructor(
    private readonly wait: number,
    private readonly look: (expected: readonly Expected[]) => void,
  ) {}

  add(expected: Expected): void {
    this.waiting.push({ expected, at: performance.now() });
    if (!this.timer.armed) this.timer.within(this.wait);
  }

  stop(): void {
    this.timer.clear();
    this.waiting = [];
  }

  private lookNow(): void {
    const due = performance.now() - this.wait + 1;
    const looked = this.waiting.filter(({ at }) => at <= due);
    this.waiting = this.waiting.filter(({ at }) => at > due);
    if (this.waiting.length > 0) this.timer.within(this.wait);
    if (looked.length > 0) this.look(looked.map(({ expected }) => expected));
  }
}
