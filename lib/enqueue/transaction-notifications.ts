import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import type { StoredJob } from '../store/insert/new-job.js';
import type { Wake, WakeMessage } from '../store/notify/notifier.js';

/**
 * Wakes the runners when a transaction that stored jobs has committed: before, they would find nothing, and a NOTIFY
 * inside of it would make all such transactions commit one by one.
 */
export class TransactionWakes implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, WakeMessage>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly wake: Wake,
  ) {
    dataSource.subscribers.push(this);
  }

  /** Tells of jobs that were stored through this manager: now, or when its transaction commits. */
  tell(message: WakeMessage, manager: EntityManager): void {
    const runner = manager.queryRunner;
    if (runner?.isTransactionActive !== true) {
      this.wake.tell(message);
      return;
    }
    const before = this.pending.get(runner);
    this.pending.set(runner, {
      ...(message.ready === true || before?.ready === true ? { ready: true } : {}),
      ...(message.dueIn !== undefined || before?.dueIn !== undefined
        ? { dueIn: Math.min(message.dueIn ?? Infinity, before?.dueIn ?? Infinity) }
        : {}),
    });
  }

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    // The release of a savepoint is no commit.
    if (queryRunner.isTransactionActive) return;
    const message = this.pending.get(queryRunner);
    this.pending.delete(queryRunner);
    if (message !== undefined) this.wake.tell(message);
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    if (!queryRunner.isTransactionActive) this.pending.delete(queryRunner);
  }

  close(): void {
    const { subscribers } = this.dataSource;
    const at = subscribers.indexOf(this);
    if (at >= 0) subscribers.splice(at, 1);
  }
}

/** What to tell the runners of jobs that may run. */
export function wakeFor(rows: readonly Pick<StoredJob, 'dueIn'>[]): WakeMessage {
  const message: WakeMessage = {};
  for (const { dueIn } of rows) {
    if (dueIn === null || dueIn <= 0) message.ready = true;
    else message.dueIn = Math.min(message.dueIn ?? Infinity, dueIn);
  }
  return message;
}
