import type { HandedOver } from './claimed-insert-store.js';
import type { NewJob } from './new-job.js';

/** Stores jobs in the name of a node, or answers null where that has something else to do. */
export type Taker = (jobs: readonly NewJob[], notice: string | null) => Promise<HandedOver> | null;

/** Where the calls of this process meet its runner, which may take at once what they store. */
export class HandOver {
  private taker: Taker | null = null;

  open(taker: Taker): void {
    this.taker = taker;
  }

  close(): void {
    this.taker = null;
  }

  /** Null where nobody stores them: the caller has to. */
  offer(jobs: readonly NewJob[], notice: string | null): Promise<HandedOver> | null {
    return this.taker?.(jobs, notice) ?? null;
  }
}
