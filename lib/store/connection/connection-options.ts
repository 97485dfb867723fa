import pg from 'pg';
import type { DataSource } from 'typeorm';

/** What opens connections: `pg`, or a package with its interface that the data source has as its option `driver`. */
export type ClientClass = new (options: ConnectionOptions) => pg.Client;

/** Options as the driver gets them. `onConnect` is what the application's pool does with each new connection. */
export type ConnectionOptions = Omit<pg.PoolConfig, 'Client' | 'onConnect'> & {
  readonly Client?: ClientClass;
  readonly onConnect?: (client: pg.Client) => unknown;
};

/** A host that never answers is given up after this time in milliseconds, unless `connectTimeoutMS` says otherwise. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The options of the data source's own pool, ready for another connection to the same server.
 *
 * pg hides the password from a spread (the property isn't enumerable), so it is copied by name. That holds for each way
 * to configure a data source: a URL, fields, `extra`, a password function, or `replication.master`.
 *
 * The time limits that the application sets for its own statements don't hold for those of the library.
 */
export function connectionOptionsOf(dataSource: DataSource): ConnectionOptions {
  const { options } = (dataSource.driver as unknown as { master: { options: ConnectionOptions } }).master;
  return {
    ...options,
    ...('password' in options && { password: options.password }),
    query_timeout: 0,
    statement_timeout: 0,
    lock_timeout: 0,
    connectionTimeoutMillis: options.connectionTimeoutMillis || CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  };
}

/** The class of which the data source's connections are. */
export function clientClassOf(dataSource: DataSource): ClientClass {
  const { driver } = dataSource.options as { driver?: { Client: ClientClass } };
  const { options } = (dataSource.driver as unknown as { master: { options: ConnectionOptions } }).master;
  return options.Client ?? driver?.Client ?? pg.Client;
}

/** How many connections the data source's own pool has: those of `poolSize` or `extra.max`, or what pg makes of neither. */
export const poolSizeOf = (dataSource: DataSource): number => connectionOptionsOf(dataSource).max ?? 10;
