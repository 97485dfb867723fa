import type { EntityManager } from 'typeorm';
import type { ArgumentCodec } from '../../payload/argument-codec.js';
import { FencedError } from '../../errors/fenced.error.js';
import { JobCancelledError } from '../../errors/job-cancelled.error.js';
import { JobTimeoutError } from '../../errors/job-timeout.error.js';
import { RetryableJobError } from '../../errors/retryable-job.error.js';
import { UnserializableArgumentError } from '../../errors/unserializable-argument.error.js';
import { describeFailure } from '../../job/failure.js';
import { decideOutcome, SERIALIZATION_RETRY_SECONDS, type MethodOutcome } from '../../job/outcome.js';
import { toError } from '../../common/to-error.js';
import type { RetryPattern } from '../../job/retry-pattern.js';
import type { RetryOn } from '../../job/outcome.js';
import type { JobFunction } from '../../registry/job-function.js';
import type { JobRegistry } from '../../registry/job-registry.js';
import { runAsJob } from '../../execution-context/current-job.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { FinishOutcome } from '../../store/claims/claim-store.js';
import { jobTransaction } from '../../store/connection/job-transaction.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import { isConnectionLost, isSerializationFailure } from '../../common/pg-errors.js';
import type { Store } from '../../store/store.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import { unavailable } from './unavailable.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';
import { type MethodCall, AttemptContext, type ContextServices } from '../attempt/attempt-context.js';

/** What the executor needs to know of the module's options. */
export interface ExecutorSettings {
  readonly retryOn: RetryOn | undefined;
  readonly retryPattern: RetryPattern | undefined;
  /** The retry pattern of a job function, where it was changed at run time. */
  readonly overriddenPattern: (name: string) => RetryPattern | undefined;
  readonly runContext: ((context: unknown, work: () => Promise<unknown>) => unknown) | undefined;
  readonly readJob: (job: ClaimedJob, args: readonly unknown[], context: unknown) => QueueJob;
}

/** Where a lost commit is asked for again, in milliseconds. */
const ASK_AGAIN_MS = 250;

/** Marks the end of a transactional job, which is written already. */
const SETTLED = Symbol('settled');

/** Runs one try of a job: arguments, context, transaction, method; and decides what becomes of the job. */
export class Executor {
  private readonly contextServices: ContextServices;

  constructor(
    private readonly registry: JobRegistry,
    private readonly codec: ArgumentCodec,
    private readonly store: Store,
    progress: ProgressBuffer,
    private readonly log: NodeLog,
    private readonly settings: ExecutorSettings,
    private readonly node: () => number,
  ) {
    this.contextServices = {
      progress,
      readJob: settings.readJob,
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
      const { timeout } = found.options;
      const result = await (timeout === undefined
        ? this.start(attempt, found)
        : this.withTimeout(attempt, found, timeout));
      if (isSettled(result)) return result[SETTLED];
      end = { result };
    } catch (error) {
      end = { error };
    }
    return this.decide(attempt, found, end);
  }

  /** The result, or a promise of it. */
  private start(attempt: RunningAttempt, found: JobFunction): unknown {
    return found.options.transactional === true
      ? this.inTransaction(attempt, found)
      : this.call(attempt, found, this.store.dataSource.manager);
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

  /** Calls the method, at once where its arguments can be read at once: each promise between costs a short job dearly. */
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
    args: readonly unknown[],
  ): unknown {
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
    const work = (): Promise<unknown> =>
      Promise.resolve(found.invoke(found.methodName, args, () => current.job));
    const { runContext } = this.settings;
    if (attempt.job.context === null || runContext === undefined) return runAsJob(current, work);
    return runAsJob(current, () => runContext(context, async () => work()));
  }

  private async parentResults(
    { name, uuid }: RunningAttempt['job'],
    through: EntityManager,
  ): Promise<unknown[]> {
    try {
      const parents = await this.store.graphs.parentResults(uuid);
      return await Promise.all(
        parents.map((parent) =>
          this.codec.decodeValue(parent.result, 'result', { through, uuid: parent.uuid }),
        ),
      );
    } catch (error) {
      throw unavailable(name, "the parents' results", error);
    }
  }

  /** The method's writes, the jobs it enqueued, its end and the release of its dependents commit together. */
  private async inTransaction(
    attempt: RunningAttempt,
    found: JobFunction,
  ): Promise<{ [SETTLED]: AttemptResult }> {
    let finishing: FinishOutcome | undefined;
    let phase: 'begin' | 'method' | 'end' = 'begin';
    if (attempt.job.retry > 1) {
      await this.writeStart(attempt);
      // Cancelled, timed out or lost meanwhile.
      if (attempt.abortReason !== undefined) throw attempt.abortReason;
    }
    try {
      // From then on its end would meet a row that has changed since, and be refused (40001).
      const onOldSnapshot = (): void => void (attempt.startWritten = true);
      await jobTransaction(this.store.dataSource, onOldSnapshot, async (manager) => {
        phase = 'method';
        const result = await this.call(attempt, found, manager, true);
        phase = 'end';
        attempt.signal.throwIfAborted();
        const query = (text: string, values: unknown[]): Promise<unknown> => manager.query(text, values);
        const at = { node: this.node(), uuid: attempt.job.uuid, retry: attempt.job.retry };
        const started = performance.now() - attempt.startedAt;
        finishing =
          attempt.postponed === undefined
            ? await this.store.claims.finish(query, {
                ...at,
                result: this.encodeResult(attempt, result),
                started,
              })
            : await this.store.claims.postpone(query, { ...at, seconds: attempt.postponed, started });
        if (finishing === 'fenced')
          throw new FencedError(`${attempt.job.name} ${attempt.job.uuid} is no longer this node's job`);
        if (finishing === 'cancelled') {
          attempt.cancelled = true;
          attempt.abort(new JobCancelledError(`${attempt.job.name} was cancelled`));
          attempt.signal.throwIfAborted();
        }
      });
    } catch (error) {
      // Where the connection broke during the commit, only the database knows whether it happened.
      const committing = finishing === 'done' || finishing === 'released' || finishing === 'deferred';
      if (!committing || !(await this.didCommit(attempt))) throw transactionError(attempt, phase, error);
    }
    const later = attempt.postponed === undefined ? {} : { seconds: attempt.postponed };
    // Where this fails, a node does it within a second.
    const released =
      finishing === 'released' ||
      (finishing === 'deferred' && (await this.store.followUps.run().catch(() => false)));
    return { [SETTLED]: { kind: 'settled', released, ...later } };
  }

  /**
   * Tells that a try has started before its transaction begins, rather than beside it once it lasts. It would cost the
   * first try, which mostly needs it not, a commit.
   */
  private async writeStart(attempt: RunningAttempt): Promise<void> {
    try {
      await this.store.claims.writeStart(this.node(), attempt.job);
      attempt.startWritten = true;
    } catch {
      // Then it is told later, as of other jobs.
    }
  }

  private async didCommit(attempt: RunningAttempt): Promise<boolean> {
    while (!attempt.discarded) {
      try {
        return (await this.store.claims.whereIs(this.node(), attempt.job.uuid, attempt.job.retry)) !== 'mine';
      } catch {
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    }
    return false;
  }

  private decide(attempt: RunningAttempt, found: JobFunction | undefined, end: MethodOutcome): AttemptResult {
    const failure = 'error' in end ? end.error : undefined;
    if (attempt.cancelled) {
      return 'error' in end && failure !== attempt.abortReason
        ? { kind: 'cancelled', failure: describeFailure(failure) }
        : { kind: 'cancelled' };
    }
    if ('error' in end && attempt.stopped) {
      const stopped = new Error('The node was stopped while the job ran', { cause: failure });
      stopped.name = 'NodeStoppedError';
      return { kind: 'retry', seconds: 0, giveAttemptBack: true, failure: describeFailure(stopped) };
    }
    if (!('error' in end) && attempt.postponed !== undefined) {
      return { kind: 'retry', seconds: attempt.postponed, giveAttemptBack: true };
    }
    const rules = {
      retryOn: found?.options.retryOn ?? this.settings.retryOn,
      retryPattern:
        this.settings.overriddenPattern(attempt.job.name) ??
        found?.options.retryPattern ??
        this.settings.retryPattern,
    };
    let outcome = decideOutcome(this.judged(attempt, end), attempt.job, rules);
    if (outcome.kind === 'done') {
      try {
        return { kind: 'done', result: this.encodeResult(attempt, outcome.result) };
      } catch (error) {
        outcome = decideOutcome({ error }, attempt.job, rules);
      }
    }
    if (outcome.kind === 'done') return { kind: 'done', result: null };
    const described = describeFailure(outcome.error);
    if (outcome.kind === 'failed') return { kind: 'failed', failure: described };
    return {
      kind: 'retry',
      seconds: outcome.seconds,
      giveAttemptBack: outcome.giveAttemptBack,
      failure: described,
    };
  }

  /** What counts as the end of the try where the node had aborted it. */
  private judged(attempt: RunningAttempt, end: MethodOutcome): MethodOutcome {
    if (attempt.timedOut) {
      const cause = 'error' in end && end.error !== attempt.abortReason ? { cause: end.error } : undefined;
      return { error: new JobTimeoutError(attempt.abortReason?.message ?? 'The job has timed out', cause) };
    }
    if (attempt.lost && 'error' in end) {
      const message = 'The node lost its session with PostgreSQL while the job ran';
      return { error: new RetryableJobError(message, { seconds: 0, cause: end.error }) };
    }
    return end;
  }

  /** @throws UnserializableArgumentError where other jobs depend on this one: they would miss the result */
  private encodeResult(attempt: RunningAttempt, result: unknown): string | null {
    try {
      const text = this.codec.encodeValue(result, 'result');
      return this.codec.seal(text, { uuid: attempt.job.uuid, field: 'result' });
    } catch (error) {
      if (attempt.job.hasChildren) {
        throw new UnserializableArgumentError(
          'result',
          `of ${attempt.job.name} can't be handed to the jobs that depend on it: ${toError(error).message}`,
          { cause: error },
        );
      }
      this.log.resultLeftOut(attempt, error);
      return null;
    }
  }
}

/** Nothing of the transaction is left, so a broken connection is no reason for the job to fail. */
function transactionError(
  attempt: RunningAttempt,
  phase: 'begin' | 'method' | 'end',
  error: unknown,
): unknown {
  if (phase !== 'method' && !isSerializationFailure(error))
    return unavailable(attempt.job.name, phase === 'begin' ? 'the transaction' : 'the end', error);
  if (!isConnectionLost(error)) return error;
  const message = `The connection of the transaction of ${attempt.job.name} broke`;
  return new RetryableJobError(message, { seconds: SERIALIZATION_RETRY_SECONDS, cause: error });
}

const isSettled = (result: unknown): result is { [SETTLED]: AttemptResult } =>
  typeof result === 'object' && result !== null && SETTLED in result;
