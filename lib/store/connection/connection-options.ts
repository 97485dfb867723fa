import type pg from 'pg';
import type { DataSource } from 'typeorm';

/**
 * The options of the data source's own pool, ready for another connection to the same server.
 *
 * pg hides the password from a spread (the property isn't enumerable), so it is copied by name. That holds for each way
 * to configure a data source: a URL, fields, `extra`, a password function, or `replication.master`.
 */
export function connectionOptionsOf(dataSource: DataSource): pg.PoolConfig {
  const { options } = (dataSource.driver as unknown as { master: { options: pg.PoolConfig } }).master;
  return 'password' in options ? { ...options, password: options.password } : { ...options };
}
