import type { ClaimedInsert } from './claimed-insert-store.js';
import type { NewJob } from './new-job.js';

/** Stores jobs in the name of a node, or answers null where that has something else to do. */
export type LocalTarget = (
  jobs: readonly NewJob[],
  notification: string | null,
) => Promise<ClaimedInsert> | null;

/** Where the calls of this process meet its runner, which may take at once what they store. */
export class LocalDispatch {
  private target: LocalTarget | null = null;

  open(taker: LocalTarget): void {
    this.target = taker;
  }

  close(): void {
    this.target = null;
  }

  /** Null where nobody stores them: the caller has to. */
  offer(jobs: readonly NewJob[], notification: string | null): Promise<ClaimedInsert> | null {
    return this.target?.(jobs, notification) ?? null;
  }
}
