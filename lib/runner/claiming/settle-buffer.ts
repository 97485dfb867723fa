import type { ClaimedJob } from '../../store/claims/claim-store.js';
import type { Run } from '../attempt/attempt.js';
import { type Ended, sizeOf } from '../attempt/attempt-result.js';

/** What one round trip carries: ends, and characters of their results and errors. */
const MAX_ENDS = 5_000;
const MAX_CHARACTERS = 16_000_000;

/** What one round trip takes along. */
export interface Outgoing {
  readonly ended: Ended[];
  /** Jobs that are given back. */
  readonly backs: ClaimedJob[];
  /** Runs that last, and of which the database is to know that they have started. */
  readonly marks: Run[];
}

/** What waits to be written. */
export class Outbox {
  private ended: Ended[] = [];
  private backs: ClaimedJob[] = [];
  private marks: Run[] = [];

  get empty(): boolean {
    return this.ended.length === 0 && this.backs.length === 0 && this.marks.length === 0;
  }

  get waiting(): readonly Ended[] {
    return this.ended;
  }

  addEnd(end: Ended): void {
    this.ended.push(end);
  }

  giveBack(jobs: readonly ClaimedJob[]): void {
    for (const job of jobs) this.backs.push(job);
  }

  mark(run: Run): void {
    this.marks.push(run);
  }

  /** No more ends than one statement should carry, or just one end. */
  take(one: boolean): Outgoing {
    if (one && this.ended.length > 0) return { ended: this.ended.splice(0, 1), backs: [], marks: [] };
    const { backs, marks } = this;
    this.backs = [];
    this.marks = [];
    let characters = 0;
    let count = 0;
    while (count < this.ended.length && count < MAX_ENDS && characters < MAX_CHARACTERS) {
      characters += sizeOf((this.ended[count] as Ended).end);
      count += 1;
    }
    return { ended: this.ended.splice(0, count), backs, marks };
  }

  /** It did not get through. */
  restore({ ended, backs, marks }: Outgoing): void {
    this.ended = [...ended, ...this.ended];
    this.backs = [...backs, ...this.backs];
    this.marks = [...marks, ...this.marks];
  }

  clear(): void {
    this.ended = [];
    this.backs = [];
    this.marks = [];
  }

  uuids(): string[] {
    return [...this.ended.map(({ run }) => run.job.uuid), ...this.backs.map((job) => job.uuid)];
  }
}
