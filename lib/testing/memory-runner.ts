import type { EntityManager } from 'typeorm';
import { parseSeconds } from '../common/duration.js';
import { JobFailedError } from '../errors/job-failed.error.js';
import { NeedsDatabaseError } from '../errors/needs-database.error.js';
import { JobTimeoutError } from '../errors/job-timeout.error.js';
import { type CurrentJob, runAsJob } from '../execution-context/current-job.js';
import { describeFailure } from '../job/failure.js';
import { checkInput } from '../job/input-schema.js';
import { type AttemptOutcome, decideOutcome, type RetryRules, type MethodOutcome } from '../job/outcome.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { MemoryJob, MemoryJobs } from './memory-jobs.js';

/** What the module's options say of attempts. */
export interface MemoryRunnerSettings {
  readonly rules: RetryRules;
  /** Stores the report of a job that has failed. */
  readonly failed: (entry: MemoryJob, error: Error) => void;
  /** An attempt has ended; the job says how. */
  readonly ended: (entry: MemoryJob) => void;
  readonly runContext: ((context: never, work: () => Promise<unknown>) => unknown) | undefined;
}

/** Runs jobs of a test, one after the other, as a node would: through the codec, with attempts and retries. */
export class MemoryRunner {
  constructor(
    private readonly jobs: MemoryJobs,
    private readonly codec: ArgumentCodec,
    private readonly settings: MemoryRunnerSettings,
  ) {}

  /** Runs one attempt. What it ends with is told by the job; never rejects. */
  async run(entry: MemoryJob): Promise<void> {
    const { job, draft } = entry;
    const dateStarted = this.jobs.now();
    Object.assign(job, { state: 'started', retry: job.retry + 1, dateEnqueued: dateStarted, dateStarted });
    let postponed: number | undefined;
    let end: MethodOutcome;
    try {
      end = { result: await this.call(entry, (seconds) => (postponed = seconds)) };
    } catch (error) {
      end = { error };
    }
    const own = draft.fn.options;
    const { rules } = this.settings;
    const error = 'error' in end ? end.error : undefined;
    // No other attempt would find other arguments.
    const outcome: AttemptOutcome =
      error instanceof RefusedArguments
        ? { kind: 'failed', error: error.error }
        : decideOutcome(end, job, {
            retryOn: own.retryOn ?? rules.retryOn,
            retryPattern: own.retryPattern ?? rules.retryPattern,
          });
    if (!('error' in end) && postponed !== undefined) this.retry(entry, postponed, true);
    else if (outcome.kind === 'done') this.done(entry, outcome.result);
    else {
      this.note(entry, outcome.error);
      if (outcome.kind === 'retry') this.retry(entry, outcome.seconds, outcome.giveAttemptBack);
      else if (outcome.kind === 'cancelled') job.state = 'cancelled';
      else this.fail(entry, outcome.error);
    }
    this.jobs.release(entry);
    this.settings.ended(entry);
  }

  private async call(entry: MemoryJob, postpone: (seconds: number) => void): Promise<unknown> {
    const { job, draft } = entry;
    const { fn } = draft;
    const read = await this.codec.decode(draft.job.args, {
      missing: fn.options.missing ?? 'throw',
      uuid: job.uuid,
    });
    const { schema } = fn.options;
    const args = schema === undefined ? read : checkStored(() => checkInput(schema, read, fn.name));
    const aborting = new AbortController();
    const current = currentOf(entry, aborting.signal, this.jobs, postpone);
    const work = async (): Promise<unknown> => fn.invoke(fn.methodName, args, () => job);
    const { runContext } = this.settings;
    const running = runAsJob(current, async () =>
      draft.job.context === null || runContext === undefined
        ? work()
        : runContext(draft.context as never, work),
    );
    const { timeout } = fn.options;
    if (timeout === undefined) return running;
    const reason = new JobTimeoutError(`${job.name} has lasted longer than its timeout of ${timeout} ms`);
    const timer = setTimeout(() => aborting.abort(reason), timeout);
    try {
      const result = await running;
      if (aborting.signal.aborted) throw reason;
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  private done(entry: MemoryJob, result: unknown): void {
    const { job } = entry;
    const dateDone = this.jobs.now();
    const text = this.codec.encodeValue(result, 'result');
    const execTime = (dateDone.getTime() - (job.dateStarted as Date).getTime()) / 1_000;
    Object.assign(job, { state: 'done', dateDone, execTime, excName: null, excMessage: null, excInfo: null });
    const read = this.codec.decodeValue(text, 'result');
    // Only an entity has to be read, and here that is what the method returned.
    job.result = read instanceof Promise ? result : read;
    entry.attempts.push(attempt(entry, dateDone));
  }

  private fail(entry: MemoryJob, error: Error): void {
    entry.error = error;
    entry.job.state = 'failed';
    if (entry.job.failureOf === null) this.settings.failed(entry, error);
  }

  private note(entry: MemoryJob, error: Error): void {
    const { name, message, stack } = describeFailure(error);
    Object.assign(entry.job, { excName: name, excMessage: message, excInfo: stack });
    entry.attempts.push(attempt(entry, this.jobs.now()));
  }

  private retry({ job }: MemoryJob, seconds: number, giveAttemptBack: boolean): void {
    const eta = seconds > 0 ? new Date(this.jobs.now().getTime() + seconds * 1_000) : null;
    Object.assign(job, { state: 'pending', eta, retry: giveAttemptBack ? job.retry - 1 : job.retry });
  }
}

function attempt({ job }: MemoryJob, dateEnded: Date): MemoryJob['attempts'][number] {
  const { retry, dateStarted, excName, excMessage, excInfo } = job;
  return { retry, node: null, dateStarted, dateEnded, excName, excMessage, excInfo };
}

function currentOf(
  { draft, job, parents, logs }: MemoryJob,
  signal: AbortSignal,
  jobs: MemoryJobs,
  postpone: (seconds: number) => void,
): CurrentJob {
  return {
    job,
    signal,
    get manager(): EntityManager {
      throw new NeedsDatabaseError('currentJob().manager');
    },
    transactional: draft.fn.options.transactional === true,
    tick: null,
    log: (message, data = null) => void logs.push({ retry: job.retry, date: jobs.now(), message, data }),
    progress: (done, total) => void Object.assign(job, { progress: done, progressTotal: total ?? null }),
    postpone: (time) => postpone(parseSeconds('postpone(time)', time)),
    holdChannel: async () => Promise.resolve(),
    parentResults: async () =>
      parents.map(({ job: { state, name, uuid, result }, error }) =>
        state === 'failed'
          ? new JobFailedError(`The parent ${name} ${uuid} failed: ${error?.message}`, { cause: error })
          : result,
      ),
  };
}

/** The error of arguments that do not match the schema of the job, apart from what the method throws. */
class RefusedArguments extends Error {
  constructor(readonly error: Error) {
    super(error.message);
  }
}

function checkStored<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new RefusedArguments(error as Error);
  }
}
