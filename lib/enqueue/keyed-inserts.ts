import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { JobRow } from '../store/jobs/job-store.js';
import { isLockTimeout } from '../common/pg-errors.js';
import type { ContendedLane } from './contended-lane.js';

/** Rows of one shared INSERT at most. */
const MAX_ROWS = 1_000;

/** What became of a job with an identity key: it was stored, or another one has its key. */
export type KeyedAnswer = { readonly stored: StoredJob } | { readonly twin: JobRow };

/** Stores jobs in one transaction of our own; those whose key was taken and let go at that moment have no answer. */
export type InsertKeyed = (
  jobs: readonly NewJob[],
  lockTimeout: number,
) => Promise<ReadonlyMap<string, KeyedAnswer>>;

interface Waiting {
  readonly job: NewJob;
  readonly resolve: (answer: KeyedAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Single calls with an identity key and without a transaction. Those that come while an INSERT is under way share the next
 * one. A call whose key stands in an open transaction of somebody else waits for that apart, in the contended lane, and
 * holds up only calls with the same key.
 */
export class KeyedInserts {
  private waiting: Waiting[] = [];
  private running: Promise<void> | null = null;
  /** Calls that wait for another transaction, by key. */
  private readonly blocked = new Map<string, Promise<unknown>>();

  constructor(
    private readonly lane: ContendedLane,
    private readonly insertKeyed: InsertKeyed,
  ) {}

  insert(job: NewJob): Promise<KeyedAnswer> {
    return new Promise((resolve, reject) => {
      this.enter({ job, resolve, reject });
    });
  }

  private enter(call: Waiting): void {
    const ahead = this.blocked.get(keyOf(call));
    if (ahead !== undefined) {
      void ahead.then(() => this.enter(call));
      return;
    }
    this.waiting.push(call);
    // A microtask later, so that calls made in one go are one statement.
    this.running ??= Promise.resolve()
      .then(() => this.run())
      .finally(() => {
        this.running = null;
      });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.lane.once(async () => this.attempt(this.waiting.splice(0, MAX_ROWS), LOCK_TIMEOUT_MS.all));
    }
  }

  /** Never rejects. Where one of many would have to wait, or is at fault, it is found by halves. */
  private async attempt(calls: readonly Waiting[], lockTimeout: number): Promise<void> {
    if (calls.length === 0) return;
    let answers: ReadonlyMap<string, KeyedAnswer>;
    try {
      answers = await this.insertKeyed(
        calls.map(({ job }) => job),
        lockTimeout,
      );
    } catch (error) {
      const [only] = calls;
      if (calls.length === 1 && only !== undefined) {
        if (isLockTimeout(error)) this.block(only);
        else only.reject(error);
        return;
      }
      const half = calls.length >> 1;
      await this.attempt(calls.slice(0, half), LOCK_TIMEOUT_MS.some);
      await this.attempt(calls.slice(half), LOCK_TIMEOUT_MS.some);
      return;
    }
    for (const call of calls) {
      const answer = answers.get(call.job.uuid);
      if (answer === undefined) this.enter(call);
      else call.resolve(answer);
    }
  }

  private block(call: Waiting): void {
    this.blocked.set(keyOf(call), this.waitFor(call));
  }

  /** Never rejects. */
  private async waitFor(call: Waiting): Promise<void> {
    let answer: KeyedAnswer | undefined;
    try {
      const insert = async (lockTimeout: number) => this.insertKeyed([call.job], lockTimeout);
      const answers = await this.lane.run(insert, false);
      answer = answers.get(call.job.uuid);
    } catch (error) {
      call.reject(error);
      return;
    } finally {
      this.blocked.delete(keyOf(call));
    }
    if (answer === undefined) this.enter(call);
    else call.resolve(answer);
  }
}

/** How long an INSERT waits for a key before it goes on without it, in milliseconds: a part waits for one that is known. */
const LOCK_TIMEOUT_MS = { all: 20, some: 2 };

const keyOf = ({ job }: Waiting): string => job.identityKey ?? '';
