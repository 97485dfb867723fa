import type { DataSource, EntityManager } from 'typeorm';
import { maybeCurrentJob } from '../execution-context/current-job.js';
import { dataSourceOf } from '../store/connection/entity-manager.js';
import { isSameDataSource } from '../store/connection/same-data-source.js';

/**
 * The manager of the transaction that is open where this is called: that of the data source itself, where a library such
 * as typeorm-transactional makes it one, or of the transactional job that calls. Undefined where there is none: what was
 * made in a job, such as a timer or a socket, keeps the context of that job beyond its end.
 */
export function ambientManager(dataSource: DataSource): EntityManager | undefined {
  const { manager } = dataSource;
  if (isOpen(manager)) return manager;
  const current = maybeCurrentJob();
  if (current?.transactional !== true || !isManagerOf(current.manager, dataSource)) return undefined;
  return isOpen(current.manager) ? current.manager : undefined;
}

/** Whether its connection is in a transaction, which may have been begun by a plain `BEGIN`. */
export function isOpen({ queryRunner }: EntityManager): boolean {
  if (queryRunner === undefined || queryRunner.isReleased) return false;
  if (queryRunner.isTransactionActive) return true;
  const { databaseConnection: client } = queryRunner as unknown as {
    readonly databaseConnection?: { getTransactionStatus?(): string | null };
  };
  return client?.getTransactionStatus?.() === 'T';
}

export const isManagerOf = (manager: EntityManager, dataSource: DataSource): boolean =>
  isSameDataSource(dataSourceOf(manager), dataSource);
