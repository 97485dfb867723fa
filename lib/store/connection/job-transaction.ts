import type pg from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isReadOnly } from '../../common/pg-errors.js';
import { ReadOnlyDatabaseError } from '../../errors/read-only-database.error.js';
import { TransactionAbortedError } from '../../errors/transaction-aborted.error.js';
import { destroy } from './connection.js';
import { ISOLATION } from './isolation.js';

const OLD_SNAPSHOT = /^\s*SET\b.*\b(REPEATABLE\s+READ|SERIALIZABLE)\b/is;

/**
 * Runs `work` in a transaction of the application's data source, as `dataSource.transaction()` does, and rejects where
 * PostgreSQL has not committed it; with `ReadOnlyDatabaseError` where its server no longer writes. A query that nobody awaits may still run, and fail, after `work` has ended: then
 * PostgreSQL answers COMMIT with ROLLBACK, which is no error for the driver. Or it may be a nested transaction: then
 * TypeORM would release its savepoint in place of the COMMIT.
 *
 * @param onOldSnapshot - told when `work` makes the transaction REPEATABLE READ or SERIALIZABLE
 */
export async function jobTransaction<T>(
  dataSource: DataSource,
  onOldSnapshot: () => void,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner('master');
  try {
    await runner.startTransaction(ISOLATION);
    watch(runner, dataSource, onOldSnapshot);
    const result = await work(runner.manager);
    await commit(runner);
    return result;
  } catch (error) {
    await rollBack(runner);
    if (isReadOnly(error) && (await discardReadOnly(runner)))
      throw new ReadOnlyDatabaseError({ cause: error });
    throw error;
  } finally {
    await runner.release();
  }
}

async function commit(runner: QueryRunner): Promise<void> {
  if (depthOf(runner) > 1) throw nestedOpen();
  await runner.commitTransaction();
  // One more began while the subscribers heard of the commit.
  if (runner.isTransactionActive) throw nestedOpen();
}

/** Looks at what is sent, and at the answer to COMMIT, which TypeORM keeps to itself. */
function watch(runner: QueryRunner, dataSource: DataSource, onOldSnapshot: () => void): void {
  const query = runner.query.bind(runner);
  const watched = async (...asked: Parameters<QueryRunner['query']>): Promise<unknown> => {
    const [text] = asked;
    if (OLD_SNAPSHOT.test(text)) onOldSnapshot();
    if (text !== 'COMMIT') return query(...asked);
    dataSource.logger.logQuery(text, undefined, runner);
    const client = (await runner.connect()) as pg.ClientBase;
    const { command } = await client.query(text);
    if (command === 'ROLLBACK') throw notCommitted();
    return [];
  };
  runner.query = watched as QueryRunner['query'];
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    // To the savepoints of nested transactions first.
    while (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    // The connection is gone, and its transaction with it.
  }
}

/**
 * Closes the connection where all of its transactions are read-only, and not just that of a method which made it so: the
 * pool would lend it again and again, while its next one may lead to the primary.
 */
async function discardReadOnly(runner: QueryRunner): Promise<boolean> {
  const client = (await runner.connect()) as pg.Client;
  const { rows } = await client.query<{ reads: string }>(
    `SELECT current_setting('transaction_read_only') AS reads`,
  );
  if (rows[0]?.reads !== 'on') return false;
  destroy(client);
  return true;
}

const nestedOpen = (): TransactionAbortedError =>
  new TransactionAbortedError(
    'The method has returned while a nested transaction of it was still open, so all of it was rolled back. Await what manager.transaction() returns.',
  );

const notCommitted = (): TransactionAbortedError =>
  new TransactionAbortedError(
    'PostgreSQL answered COMMIT with ROLLBACK: a query of the method had failed, and nobody awaited it. Nothing of the transaction is left. Await every query of a transactional job.',
  );

/** How many transactions lie in each other: those after the first are savepoints. */
export const depthOf = (runner: QueryRunner): number =>
  (runner as unknown as { readonly transactionDepth?: number }).transactionDepth ?? 0;
