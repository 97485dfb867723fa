import { isRowError } from '../common/pg-errors.js';
import { MAX_STATEMENT_CHARACTERS, sizeOf } from '../store/insert/insert-size.js';
import type { NewJob, StoredJob } from '../store/insert/new-job.js';

/** Rows of one shared INSERT at most. */
const MAX_ROWS = 1_000;

interface Waiting {
  readonly job: NewJob;
  readonly resolve: (stored: StoredJob) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that come while an INSERT is under way share the next one: one statement, one commit. Each promise still resolves
 * only after that commit, and where the statement fails, each row is tried by itself, so that a row which can not go in
 * fails alone. Only for jobs without an identity key: such a row may have to wait for somebody's transaction.
 */
export class InsertBatcher {
  private waiting: Waiting[] = [];
  private running: Promise<void> | null = null;

  /** @param store - stores jobs, and tells the runners of them */
  constructor(private readonly store: (jobs: readonly NewJob[]) => Promise<readonly StoredJob[]>) {}

  insert(job: NewJob): Promise<StoredJob> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this.start();
    });
  }

  private start(): void {
    // A microtask later, so that calls made in one go are one statement.
    this.running ??= Promise.resolve()
      .then(() => this.run())
      .finally(() => {
        this.running = null;
        // A call may have come since the last look.
        if (this.waiting.length > 0) this.start();
      });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.shared());
      try {
        await this.storeAll(batch);
      } catch (error) {
        if (batch.length === 1 || !isRowError(error)) for (const { reject } of batch) reject(error);
        else await Promise.all(batch.map((one) => this.storeAll([one]).catch(one.reject)));
      }
    }
  }

  /** How many of those that wait go with the next INSERT. */
  private shared(): number {
    const { length } = this.waiting;
    let size = 0;
    for (let at = 0; at < length && at < MAX_ROWS; at += 1) {
      size += sizeOf((this.waiting[at] as Waiting).job);
      if (at > 0 && size > MAX_STATEMENT_CHARACTERS) return at;
    }
    return Math.min(length, MAX_ROWS);
  }

  private async storeAll(batch: readonly Waiting[]): Promise<void> {
    const rows = await this.store(batch.map(({ job }) => job));
    const stored = new Map(rows.map((one) => [one.uuid, one]));
    for (const { job, resolve, reject } of batch) {
      const row = stored.get(job.uuid);
      if (row === undefined) reject(new Error(`Job ${job.uuid} was not stored`));
      else resolve(row);
    }
  }
}
