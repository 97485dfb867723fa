import type { EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { TransactionEndedError } from '../errors/transaction-ended.error.js';
import { wrongValue } from '../common/option-checks.js';
import type { TransactionSource } from '../queue-job.options.js';
import { type Query, queryOf } from '../store/connection/database.js';
import { isEntityManager } from '../store/connection/entity-manager.js';
import { ISOLATION } from '../store/connection/isolation.js';
import { depthOf } from '../store/connection/job-transaction.js';
import type { Store } from '../store/store.js';
import { merge, type NotifierMessage } from '../store/notify/notifier-message.js';
import { ambientManager, isManagerOf, isOpen } from './ambient-manager.js';
import { limitLockWaits } from '../store/connection/lock-timeout.js';
import { ContendedLane } from './contended-lane.js';

/** A transaction in which jobs are stored: one of the application's, or one of our own. */
export interface StoringTransaction {
  readonly query: Query;
  /** That of the application; entities are read through it. Undefined for a transaction of our own. */
  readonly manager: EntityManager | undefined;
  /** Notifies the runners once it has committed. */
  notify(message: NotifierMessage): void;
  /** It reads from an old snapshot, so something was left to be done after its commit: see `queue_job_follow_up`. */
  followUp(): void;
  /**
   * In a transaction of our own, takes the one lock for which it may have to wait for long, and begins again where it has
   * to. Locks that are taken later are those of transactions that end soon. In the caller's, the statement waits itself.
   */
  waitFor(lock: (query: Query) => Promise<void>): Promise<void>;
}

/** One transaction of a query runner, which may have several, one after the other. */
interface Epoch {
  ended: boolean;
  /** It has left something to be done after its commit. */
  followUp: boolean;
  message: NotifierMessage;
}

/**
 * Finds the transaction that a call belongs to, and follows the transactions of the application: a job must never be
 * stored through a manager whose transaction has ended, since its connection may be in somebody else's by then; and the
 * runners are notified when a transaction that stored jobs has committed. Before, they would find nothing, and a NOTIFY
 * inside of the transaction would make all such transactions commit one by one.
 */
export class Transactions implements EntitySubscriberInterface {
  private readonly epochs = new WeakMap<QueryRunner, Epoch>();
  private readonly lane = new ContendedLane();

  /** @param source - the module option `transactionManager` */
  constructor(
    private readonly store: Store,
    private readonly source?: TransactionSource,
  ) {
    store.dataSource.subscribers.push(this);
  }

  /**
   * The transaction of the given manager, else that which is open where the call is made: that of the application's
   * own manager, where a library such as typeorm-transactional makes it one, or of the transactional job that calls.
   * Undefined where there is none, as for the manager of the data source itself.
   *
   * @throws InvalidJobOptionError for the manager of another data source
   * @throws TransactionEndedError for a manager whose transaction has ended
   */
  callers(given?: EntityManager): StoringTransaction | undefined {
    if (given !== undefined) return this.given(given);
    const named = this.named();
    if (named !== undefined) return named;
    const manager = ambientManager(this.store.dataSource);
    return manager === undefined || this.hasEnded(manager) ? undefined : this.through(manager);
  }

  /**
   * Runs `work` in the transaction of the caller, else in one of our own. The latter begins again where it would have to
   * wait for somebody else's: see {@link ContendedLane}.
   */
  async run<T>(
    caller: StoringTransaction | undefined,
    work: (tx: StoringTransaction) => Promise<T>,
  ): Promise<T> {
    if (caller !== undefined) return this.runInCallers(caller, work);
    return this.lane.run(async (lockTimeout) => {
      let message: NotifierMessage = {};
      const notify = (more: NotifierMessage): void => void (message = merge(message, more));
      const result = await this.store.database.transaction(async (query) => {
        await limitLockWaits(query, lockTimeout);
        const waitFor: StoringTransaction['waitFor'] = async (lock) => {
          await lock(query);
          await limitLockWaits(query, 0);
        };
        return work({ query, manager: undefined, notify, followUp: () => undefined, waitFor });
      });
      if (Object.keys(message).length > 0) this.store.notifier.publish(message);
      return result;
    });
  }

  /** One statement at a time that may have to wait for a lock, beside those of {@link run}. */
  get contended(): ContendedLane {
    return this.lane;
  }

  afterTransactionStart({ queryRunner }: { queryRunner: QueryRunner }): void {
    if (depthOf(queryRunner) === 1)
      this.epochs.set(queryRunner, { ended: false, followUp: false, message: {} });
  }

  beforeTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    this.end(queryRunner);
  }

  beforeTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    this.end(queryRunner);
  }

  async afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): Promise<void> {
    // The release of a savepoint is no commit.
    const epoch = this.epochs.get(queryRunner);
    if (queryRunner.isTransactionActive || epoch === undefined) return;
    const { followUp, message } = epoch;
    epoch.message = {};
    epoch.followUp = false;
    if (Object.keys(message).length > 0) this.store.notifier.publish(message);
    if (!followUp) return;
    // It is committed: where this fails, a node does it within a second.
    const released = await this.store.followUps.run().catch(() => false);
    if (released) this.store.notifier.publish({ ready: true, dueIn: 0 });
  }

  close(): void {
    this.lane.close();
    const { subscribers } = this.store.dataSource;
    const at = subscribers.indexOf(this);
    if (at >= 0) subscribers.splice(at, 1);
  }

  /** The transaction that the application's own function tells of. */
  private named(): StoringTransaction | undefined {
    const manager: unknown = this.source?.();
    if (manager === undefined || manager === null) return undefined;
    if (!isEntityManager(manager)) {
      const what = 'transactionManager: what the function of the module option returns';
      throw wrongValue(what, 'the EntityManager of the open transaction, or undefined', manager);
    }
    const caller = this.given(manager);
    return caller !== undefined && isOpen(manager) ? caller : undefined;
  }

  private given(manager: EntityManager): StoringTransaction | undefined {
    if (!isEntityManager(manager)) {
      throw wrongValue('manager', "the EntityManager of the caller's transaction, or left out", manager);
    }
    if (!isManagerOf(manager, this.store.dataSource)) {
      throw new InvalidJobOptionError(
        'manager is that of another data source than the one of the queue, so the job could not be stored in its transaction. Give a manager of the data source that QueueJobModule.forRoot({ dataSource }) names.',
      );
    }
    if (manager.queryRunner === undefined) return undefined;
    if (this.hasEnded(manager)) throw ended();
    return this.through(manager);
  }

  private hasEnded({ queryRunner }: EntityManager): boolean {
    if (queryRunner === undefined) return false;
    return queryRunner.isReleased || this.epochs.get(queryRunner)?.ended === true;
  }

  private through(manager: EntityManager): StoringTransaction {
    const runner = manager.queryRunner as QueryRunner;
    const epoch = this.epochs.get(runner);
    const ask = queryOf(manager, this.store.styles);
    const query: Query = async (text, values) => {
      // The transaction may have ended since the call was made: its `await` is missing.
      if (runner.isReleased || epoch?.ended === true || this.epochs.get(runner) !== epoch) throw ended();
      return this.store.quietly(async () => ask(text, values));
    };
    const notify = (message: NotifierMessage): void => {
      if (epoch === undefined) this.store.notifier.publish(message);
      else epoch.message = merge(epoch.message, message);
    };
    const followUp = (): void => {
      // Of a transaction that nobody announced, a node finds what is left.
      if (epoch !== undefined) epoch.followUp = true;
    };
    return { query, manager, notify, followUp, waitFor: async () => undefined };
  }

  /** A query runner without a transaction gets one. */
  private async runInCallers<T>(
    caller: StoringTransaction,
    work: (tx: StoringTransaction) => Promise<T>,
  ): Promise<T> {
    const { manager } = caller;
    if (manager === undefined || isOpen(manager)) return work(caller);
    return manager.transaction(ISOLATION, async (inner) => work(this.through(inner)));
  }

  private end(queryRunner: QueryRunner): void {
    const epoch = this.epochs.get(queryRunner);
    if (epoch !== undefined && depthOf(queryRunner) <= 1) epoch.ended = true;
  }
}

const ended = (): TransactionEndedError =>
  new TransactionEndedError(
    'manager is that of a transaction that has ended, so the job could not be stored in it. Await all that is stored before the transaction ends, or leave manager out.',
  );
