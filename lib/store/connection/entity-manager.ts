import type { DataSource, EntityManager } from 'typeorm';

/** The data source that a manager belongs to: TypeORM 0.3 names the property `connection`, TypeORM 1 `dataSource`. */
export function dataSourceOf(manager: EntityManager): DataSource {
  const { dataSource, connection } = manager as Record<'dataSource' | 'connection', DataSource | undefined>;
  return (dataSource ?? connection) as DataSource;
}

/** Whether the value is an EntityManager. Its class does not tell: an application may have installed TypeORM twice. */
export function isEntityManager(value: unknown): value is EntityManager {
  if (typeof value !== 'object' || value === null) return false;
  const manager = value as EntityManager;
  return typeof dataSourceOf(manager) === 'object' && typeof manager.query === 'function';
}
