import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import { type EndedAttempt, sizeOf } from '../attempt/attempt-result.js';

/** What one round trip carries: ends, and characters of their results and errors. */
const MAX_ENDS = 5_000;
const MAX_CHARACTERS = 16_000_000;

/** What one round trip takes along. */
export interface SettleBatch {
  readonly ended: EndedAttempt[];
  /** Jobs that are given back. */
  readonly givenBack: ClaimedJob[];
  /** Runs that last, and of which the database is to know that they have started. */
  readonly started: RunningAttempt[];
}

/** What waits to be written. */
export class SettleBuffer {
  private ended: EndedAttempt[] = [];
  private givenBack: ClaimedJob[] = [];
  private started: RunningAttempt[] = [];

  get empty(): boolean {
    return this.ended.length === 0 && this.givenBack.length === 0 && this.started.length === 0;
  }

  get waiting(): readonly EndedAttempt[] {
    return this.ended;
  }

  /** The attempts that have ended. */
  get attempts(): readonly RunningAttempt[] {
    return this.ended.map(({ attempt }) => attempt);
  }

  addEnded(end: EndedAttempt): void {
    this.ended.push(end);
  }

  giveBack(jobs: readonly ClaimedJob[]): void {
    for (const job of jobs) this.givenBack.push(job);
  }

  noteStarted(attempt: RunningAttempt): void {
    this.started.push(attempt);
  }

  /** No more ends than one statement should carry, or just one end. */
  take(one: boolean): SettleBatch {
    if (one && this.ended.length > 0) return { ended: this.ended.splice(0, 1), givenBack: [], started: [] };
    const { givenBack, started } = this;
    this.givenBack = [];
    this.started = [];
    let characters = 0;
    let count = 0;
    while (count < this.ended.length && count < MAX_ENDS && characters < MAX_CHARACTERS) {
      characters += sizeOf((this.ended[count] as EndedAttempt).result);
      count += 1;
    }
    return { ended: this.ended.splice(0, count), givenBack, started };
  }

  /** It did not get through. */
  restore({ ended, givenBack, started }: SettleBatch): void {
    this.ended = [...ended, ...this.ended];
    this.givenBack = [...givenBack, ...this.givenBack];
    this.started = [...started, ...this.started];
  }

  clear(): void {
    this.ended = [];
    this.givenBack = [];
    this.started = [];
  }

  uuids(): string[] {
    return [...this.ended.map(({ attempt }) => attempt.job.uuid), ...this.givenBack.map((job) => job.uuid)];
  }
}
