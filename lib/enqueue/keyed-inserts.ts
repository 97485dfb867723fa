import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { JobRow } from '../store/jobs/job-store.js';
import { isLockTimeout } from '../common/pg-errors.js';
import type { ContendedLane } from './contended-lane.js';

/** Rows of one shared INSERT at most. */
const MAX_ROWS = 1_000;

/** What became of a job with an identity key: it was stored, or another one has its key. */
export type KeyedAnswer =
  | { readonly stored: StoredJob }
  | { readonly twin: JobRow }
  /** A waiting job that has its arguments now. */
  | { readonly replaced: JobRow };

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
 * holds up only calls with the same key, which come after it in their order. Calls that replace one another are one while
 * they wait here: the newest is stored, and all of them get its job.
 */
export class KeyedInserts {
  private waiting: Waiting[] = [];
  private running: Promise<void> | null = null;
  /** The calls that come after one that waits for another transaction, by key. */
  private readonly blocked = new Map<string, Waiting[]>();

  /** @param rowOf - a job that was stored a moment ago */
  constructor(
    private readonly lane: ContendedLane,
    private readonly insertKeyed: InsertKeyed,
    private readonly rowOf: (uuid: string) => Promise<JobRow | undefined>,
  ) {}

  insert(job: NewJob): Promise<KeyedAnswer> {
    return new Promise((resolve, reject) => {
      this.enter({ job, resolve, reject });
    });
  }

  private enter(call: Waiting): void {
    const behind = this.blocked.get(keyOf(call));
    if (behind !== undefined) {
      behind.push(call);
      return;
    }
    this.join(call);
    // A microtask later, so that calls made in one go are one statement.
    this.running ??= Promise.resolve()
      .then(() => this.run())
      .finally(() => {
        this.running = null;
      });
  }

  /** Takes the place of a call that it replaces. */
  private join(call: Waiting): void {
    const at = isReplacing(call)
      ? this.waiting.findLastIndex((other) => isReplacing(other) && isSame(other, call))
      : -1;
    const older = this.waiting[at];
    if (older === undefined) this.waiting.push(call);
    else this.waiting[at] = this.standFor(call, older);
  }

  private standFor(call: Waiting, older: Waiting): Waiting {
    return {
      job: call.job,
      resolve: (answer) => {
        call.resolve(answer);
        void this.replacedBy(answer).then(older.resolve, older.reject);
      },
      reject: (error) => {
        call.reject(error);
        older.reject(error);
      },
    };
  }

  /** What a call gets whose job has the arguments of a newer one. */
  private async replacedBy(answer: KeyedAnswer): Promise<KeyedAnswer> {
    if (!('stored' in answer)) return answer;
    const row = await this.rowOf(answer.stored.uuid);
    return row === undefined ? answer : { replaced: row };
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.lane.once(async () => this.attempt(this.take(), LOCK_TIMEOUT_MS.all));
    }
  }

  /** Those of the next statement. */
  private take(): Waiting[] {
    return this.waiting.splice(0, MAX_ROWS).filter((call) => {
      const behind = this.blocked.get(keyOf(call));
      behind?.push(call);
      return behind === undefined;
    });
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
    const behind = this.blocked.get(keyOf(call));
    if (behind !== undefined) {
      behind.push(call);
      return;
    }
    this.blocked.set(keyOf(call), []);
    void this.waitFor(call);
  }

  /** Never rejects. */
  private async waitFor(call: Waiting): Promise<void> {
    let again = false;
    try {
      const insert = async (lockTimeout: number) => this.insertKeyed([call.job], lockTimeout);
      const answers = await this.lane.run(insert, false);
      const answer = answers.get(call.job.uuid);
      if (answer === undefined) again = true;
      else call.resolve(answer);
    } catch (error) {
      call.reject(error);
    }
    const behind = this.blocked.get(keyOf(call)) ?? [];
    this.blocked.delete(keyOf(call));
    // In their order, and before any call that comes from now on.
    for (const next of again ? [call, ...behind] : behind) this.enter(next);
  }
}

/** How long an INSERT waits for a key before it goes on without it, in milliseconds: a part waits for one that is known. */
const LOCK_TIMEOUT_MS = { all: 20, some: 2 };

const keyOf = ({ job }: Waiting): string => job.identityKey ?? '';

const isReplacing = ({ job }: Waiting): boolean => job.onDuplicate !== 'keep';

const isSame = (one: Waiting, other: Waiting): boolean =>
  keyOf(one) === keyOf(other) && one.job.name === other.job.name;
