import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import { isConnectionLost, isSerializationFailure } from '../../common/pg-errors.js';
import { FencedError } from '../../errors/fenced.error.js';
import { JobCancelledError } from '../../errors/job-cancelled.error.js';
import { ReadOnlyDatabaseError } from '../../errors/read-only-database.error.js';
import { RetryableJobError } from '../../errors/retryable-job.error.js';
import { SERIALIZATION_RETRY_SECONDS } from '../../job/outcome.js';
import type { FinishOutcome } from '../../store/claims/claim-store.js';
import { jobTransaction } from '../../store/connection/job-transaction.js';
import type { Store } from '../../store/store.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';
import type { ResultEncoder } from './result-encoder.js';
import { unavailable } from './unavailable.js';

type Phase = 'begin' | 'method' | 'end';

/** How long to wait before asking again whether a lost commit happened, in milliseconds. */
const ASK_AGAIN_MS = 250;

/** Runs an attempt of a `transactional` job: the method's writes, the jobs it enqueued, its end and the release of its dependents commit together. */
export class TransactionalExecution {
  constructor(
    private readonly store: Store,
    private readonly results: ResultEncoder,
    private readonly node: () => number,
  ) {}

  /** Rejects if nothing was committed. */
  async run(attempt: RunningAttempt, work: (manager: EntityManager) => unknown): Promise<AttemptResult> {
    let finishing: FinishOutcome | undefined;
    let phase: Phase = 'begin';
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
        const result = await work(manager);
        phase = 'end';
        attempt.signal.throwIfAborted();
        finishing = await this.finish(attempt, manager, result);
        if (finishing === 'fenced')
          throw new FencedError(`${attempt.job.name} ${attempt.job.uuid} is no longer this node's job`);
        if (finishing === 'cancelled') {
          attempt.cancelled = true;
          attempt.abort(new JobCancelledError(`${attempt.job.name} was cancelled`));
          attempt.signal.throwIfAborted();
        }
      });
    } catch (error) {
      // If the connection broke during the commit, only the database knows whether it happened.
      const committing = finishing === 'done' || finishing === 'released' || finishing === 'deferred';
      if (!committing || !(await this.didCommit(attempt))) throw transactionError(attempt, phase, error);
    }
    const later = attempt.postponed === undefined ? {} : { seconds: attempt.postponed };
    return { kind: 'settled', released: await this.hasReleased(finishing), ...later };
  }

  private async finish(
    attempt: RunningAttempt,
    manager: EntityManager,
    result: unknown,
  ): Promise<FinishOutcome> {
    // TypeORM sends it, after what the method has left behind, so that this is a part of the transaction or its failure.
    const client = (await manager.queryRunner?.connect()) as pg.ClientBase;
    const query = async (text: string, values: unknown[]): Promise<unknown> =>
      this.store.quietly(async () =>
        this.store.styles.readably(client, true, async () => manager.query(text, values)),
      );
    const started = performance.now() - attempt.startedAt;
    const at = { node: this.node(), uuid: attempt.job.uuid, retry: attempt.job.retry, started };
    const { claims } = this.store;
    return attempt.postponed === undefined
      ? claims.finish(query, { ...at, result: this.results.encode(attempt, result) })
      : claims.postpone(query, { ...at, seconds: attempt.postponed });
  }

  /** If the follow-up fails, a node does it within a second. */
  private async hasReleased(finishing: FinishOutcome | undefined): Promise<boolean> {
    if (finishing !== 'deferred') return finishing === 'released';
    return this.store.followUps.run().catch(() => false);
  }

  /**
   * Writes that an attempt has started before its transaction begins, rather than beside it once it lasts. It would cost
   * the first attempt, which mostly does not need it, a commit.
   */
  private async writeStart(attempt: RunningAttempt): Promise<void> {
    if (attempt.startWritten) return;
    try {
      await this.store.claims.writeStart(this.node(), attempt.job);
      attempt.startWritten = true;
    } catch {
      // Then it is written later, as for other jobs.
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
}

/** Nothing of the transaction is left, so a broken connection is no reason for the job to fail. */
function transactionError(attempt: RunningAttempt, phase: Phase, error: unknown): unknown {
  if (phase !== 'method' && !isSerializationFailure(error))
    return unavailable(attempt.job.name, phase === 'begin' ? 'the transaction' : 'the end', error);
  // A server that only reads since a fail-over takes no attempt from the job.
  if (error instanceof ReadOnlyDatabaseError) return unavailable(attempt.job.name, 'the writes', error.cause);
  if (!isConnectionLost(error)) return error;
  const message = `The connection of the transaction of ${attempt.job.name} broke`;
  return new RetryableJobError(message, { seconds: SERIALIZATION_RETRY_SECONDS, cause: error });
}
