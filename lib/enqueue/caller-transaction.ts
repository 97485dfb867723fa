import type { EntityManager } from 'typeorm';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { wrongValue } from '../common/option-checks.js';
import { maybeCurrentJob } from '../execution-context/current-job.js';
import { dataSourceOf, isEntityManager } from '../store/connection/entity-manager.js';
import { ISOLATION } from '../store/connection/isolation.js';
import { isSameDataSource } from '../store/connection/same-data-source.js';
import type { Store } from '../store/store.js';

/**
 * The manager in whose transaction a job is stored: the given one, else that of the transactional job that calls.
 *
 * @throws InvalidJobOptionError where it is that of another data source
 */
export function callerTransaction(
  { dataSource }: Store,
  given: EntityManager | undefined,
): EntityManager | undefined {
  if (given !== undefined && !isEntityManager(given)) {
    throw wrongValue('manager', "the EntityManager of the caller's transaction, or left out", given);
  }
  const current = maybeCurrentJob();
  const manager = given ?? (current?.transactional === true ? current.manager : undefined);
  if (manager === undefined || isSameDataSource(dataSourceOf(manager), dataSource)) return manager;
  if (given === undefined) return undefined;
  throw new InvalidJobOptionError(
    'manager is that of another data source than the one of the queue, so the job could not be stored in its transaction. Give a manager of the data source that QueueJobModule.forRoot({ dataSource }) names.',
  );
}

/** In the transaction of the manager, or in one of its own where it has none. */
export function inTransaction<T>(
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return manager.queryRunner?.isTransactionActive === true
    ? work(manager)
    : manager.transaction(ISOLATION, work);
}
