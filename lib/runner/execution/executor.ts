import type { EntityManager } from 'typeorm';
import { JobFailedError } from '../../errors/job-failed.error.js';
import { JobTimeoutError } from '../../errors/job-timeout.error.js';
import { runAsJob } from '../../execution-context/current-job.js';
import type { TransactionSource } from '../../queue-job.options.js';
import { describeFailure } from '../../job/failure.js';
import { checkInput } from '../../job/input-schema.js';
import type { RetryOn, RetryRules, MethodOutcome } from '../../job/outcome.js';
import type { SecondsPattern } from '../../job/retry-pattern.js';
import type { ArgumentCodec } from '../../payload/argument-codec.js';
import type { JobFunction } from '../../registry/job-function.js';
import type { JobRegistry } from '../../registry/job-registry.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { ParentResult } from '../../store/graphs/graph-store.js';
import type { Store } from '../../store/store.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import { type MethodCall, AttemptContext, type ContextServices } from '../attempt/attempt-context.js';
import type { AttemptResult } from '../attempt/attempt-result.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import { channelHold } from './channel-hold.js';
import { decideResult } from './decide-result.js';
import { ResultEncoder } from './result-encoder.js';
import { type ContextRun, runInContext } from './run-in-context.js';
import { TransactionalExecution } from './transactional-execution.js';
import { unavailable } from './unavailable.js';

/** What the executor needs to know of the module's options. */
export interface ExecutorSettings {
  readonly retryOn: RetryOn | undefined;
  readonly retryPattern: SecondsPattern | undefined;
  /** The retry pattern of a job function that was changed at run time. */
  readonly overriddenPattern: (name: string) => SecondsPattern | undefined;
  readonly runContext: ContextRun | undefined;
  readonly enterTransaction: TransactionSource['enter'];
  readonly readJob: (job: ClaimedJob, args: readonly unknown[], context: unknown) => QueueJob;
}

/** Runs one attempt of a job: arguments, context, transaction, method; and decides what becomes of the job. */
export class Executor {
  private readonly contextServices: ContextServices;
  private readonly results: ResultEncoder;
  private readonly transactions: TransactionalExecution;

  constructor(
    private readonly registry: JobRegistry,
    private readonly codec: ArgumentCodec,
    private readonly store: Store,
    progress: ProgressBuffer,
    private readonly log: NodeLog,
    private readonly settings: ExecutorSettings,
    private readonly node: () => number,
  ) {
    this.results = new ResultEncoder(codec, log);
    this.transactions = new TransactionalExecution(store, this.results, node);
    this.contextServices = {
      progress,
      readJob: settings.readJob,
      holdChannel: (job, seconds) => this.holdChannel(job, seconds),
      parentResults: (job, manager) => this.parentResults(job, manager),
      encode: (value, place) => this.codec.seal(this.codec.encodeValue(value, place.field), place),
    };
  }

  /** Never rejects. */
  async execute(attempt: RunningAttempt): Promise<AttemptResult> {
    let end: MethodOutcome;
    let found: JobFunction | undefined;
    try {
      found = this.registry.get(attempt.job.name);
      const { timeout, transactional } = found.options;
      const result = await (timeout === undefined
        ? this.start(attempt, found)
        : this.withTimeout(attempt, found, timeout));
      // It is written already.
      if (transactional === true) return result as AttemptResult;
      end = { result };
    } catch (error) {
      // No other attempt would find other arguments.
      if (error === attempt.refusal) return { kind: 'failed', failure: describeFailure(error) };
      end = { error };
    }
    const decided = decideResult(
      attempt,
      end,
      () => this.rulesOf(attempt, found),
      (result) => this.results.encode(attempt, result),
    );
    const seconds = channelHold(end, decided);
    if (seconds > 0) await this.holdFor(attempt, seconds);
    return decided;
  }

  /** The end of the job counts more than the hold: a failure of this is told in the log alone. */
  private async holdFor({ job }: RunningAttempt, seconds: number): Promise<void> {
    try {
      await this.holdChannel(job, seconds);
    } catch (failure) {
      this.log.queryFailed(this.node(), failure, 1);
    }
  }

  private async holdChannel({ channel, uuid }: ClaimedJob, seconds: number): Promise<void> {
    const { channels, notifier } = this.store;
    const version = await channels.hold(channel, seconds, uuid);
    if (version === null) return;
    notifier.publish({ config: true });
    await channels.takenUp(version);
  }

  private rulesOf(attempt: RunningAttempt, found: JobFunction | undefined): RetryRules {
    return {
      retryOn: found?.options.retryOn ?? this.settings.retryOn,
      retryPattern:
        this.settings.overriddenPattern(attempt.job.name) ??
        found?.options.retryPattern ??
        this.settings.retryPattern,
    };
  }

  /** The result, or a promise of it; of a transactional job how it has ended. */
  private start(attempt: RunningAttempt, found: JobFunction): unknown {
    return found.options.transactional === true
      ? this.transactions.run(attempt, (manager) => this.callInTransaction(attempt, found, manager))
      : this.call(attempt, found, this.store.dataSource.manager);
  }

  /** What the method injects uses the same transaction, if the application's package can enter it. */
  private callInTransaction(attempt: RunningAttempt, found: JobFunction, manager: EntityManager): unknown {
    const { enterTransaction } = this.settings;
    return enterTransaction === undefined
      ? this.call(attempt, found, manager, true)
      : enterTransaction(manager, async () => this.call(attempt, found, manager, true));
  }

  private async withTimeout(attempt: RunningAttempt, found: JobFunction, timeout: number): Promise<unknown> {
    const timer = setTimeout(() => {
      attempt.timedOut = true;
      attempt.abort(
        new JobTimeoutError(`${attempt.job.name} has lasted longer than its timeout of ${timeout} ms`),
      );
    }, timeout);
    try {
      return await this.start(attempt, found);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls the method, at once if its arguments can be read at once: each promise between costs a short job dearly. */
  private call(
    attempt: RunningAttempt,
    found: JobFunction,
    manager: EntityManager,
    transactional = false,
  ): unknown {
    const { job } = attempt;
    const { uuid } = job;
    const missing = found.options.missing ?? 'throw';
    const args = this.codec.decode(job.args, { missing, through: manager, uuid });
    const scope = { manager, transactional };
    return Array.isArray(args)
      ? this.callWith(attempt, found, scope, args)
      : args.then(
          (read) => this.callWith(attempt, found, scope, read),
          (error: unknown) => {
            throw unavailable(job.name, 'the arguments', error);
          },
        );
  }

  private callWith(
    attempt: RunningAttempt,
    found: JobFunction,
    scope: Pick<MethodCall, 'manager' | 'transactional'>,
    stored: readonly unknown[],
  ): unknown {
    const { schema } = found.options;
    const args =
      schema === undefined ? stored : checkStored(attempt, () => checkInput(schema, stored, found.name));
    const { context: text, name, uuid } = attempt.job;
    const through = scope.manager;
    const context = text === null ? null : this.codec.decodeValue(text, 'context', { through, uuid });
    return context instanceof Promise
      ? context.then(
          (read: unknown) => this.invoke(attempt, found, { ...scope, args, context: read }),
          (error: unknown) => {
            throw unavailable(name, 'the context', error);
          },
        )
      : this.invoke(attempt, found, { ...scope, args, context });
  }

  private invoke(attempt: RunningAttempt, found: JobFunction, call: MethodCall): unknown {
    const { args, context } = call;
    const current = new AttemptContext(attempt, call, this.contextServices);
    // A query that begins when it is awaited begins as a part of the job; a promise stays what it is.
    const work = (): Promise<unknown> => {
      attempt.call();
      return Promise.resolve(found.invoke(found.methodName, args, () => current.job));
    };
    const { runContext } = this.settings;
    if (attempt.job.context === null || runContext === undefined) return runAsJob(current, work);
    return runAsJob(current, () => runInContext(runContext, context, work));
  }

  private async parentResults({ name, uuid }: ClaimedJob, through: EntityManager): Promise<unknown[]> {
    try {
      const parents = await this.store.graphs.parentResults(uuid);
      return await Promise.all(
        parents.map((parent) =>
          parent.error === null
            ? this.codec.decodeValue(parent.result, 'result', { through, uuid: parent.uuid })
            : failedParent(parent),
        ),
      );
    } catch (error) {
      throw unavailable(name, "the parents' results", error);
    }
  }
}

/** Notes an error of the check, which fails the job for good. */
function checkStored<T>(attempt: RunningAttempt, check: () => T): T {
  try {
    return check();
  } catch (error) {
    attempt.refusal = error;
    throw error;
  }
}

/** In the place of the result of a parent that failed, for a job with `onParentFailed: 'run'`. */
function failedParent({ uuid, error, message, stack }: ParentResult): JobFailedError {
  const cause = new Error(message ?? '');
  cause.name = error ?? 'Error';
  if (stack !== null) cause.stack = stack;
  return new JobFailedError(`The parent ${uuid} failed: ${cause.name}: ${cause.message}`, { cause });
}
