import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { dataSourceOf } from './entity-manager.js';
import { connectionOptionsOf } from './connection-options.js';
import { ISOLATION } from './isolation.js';
import { OWN_TYPES } from './pg-types.js';

/** One statement as the driver gets it. A named one is prepared once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * A statement that is sent often. Its text is part of its name: behind a pooler, connections to the server are shared
 * with applications of other schemas and versions, whose statements must not be taken for this one.
 */
export function namedStatement(name: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex');
  return { name: `${name}_${digest.slice(0, 16)}`, text };
}

export type Row = Readonly<Record<string, unknown>>;

export type Query = <R extends object = Row>(text: string, values?: readonly unknown[]) => Promise<R[]>;

/** Connections that the machinery has for itself, beside the session of a runner and that of its round trips. */
const MAX_CONNECTIONS = 2;

/** Of a server behind a pooler that doesn't know our prepared statement: 26000 and 42P05. */
const PREPARED_STATEMENT_CODES = new Set(['26000', '42P05']);

/**
 * The connections of the machinery: apart from the application's pool, so that jobs which use all of that one can not
 * keep their own ends from being written. Opened when needed, closed when idle.
 */
export class QueueDatabase {
  private readonly pool: pg.Pool;
  /**
   * The connection of the runner's round trips: these wait for nobody else's statements, and never for a new connection,
   * which would have to plan the claim anew (20 to 50 ms, most of the pickup of a job in a process that was idle).
   */
  private readonly lane: pg.Pool;
  private named = true;

  /** @param setsIsolation - the database has another default than our statements can live with */
  constructor(
    private readonly dataSource: DataSource,
    private readonly setsIsolation = false,
  ) {
    this.pool = this.createPool(MAX_CONNECTIONS, 10_000);
    this.lane = this.createPool(1, 0);
  }

  /** Runs a statement that is sent often, prepared where the server allows it. */
  async run(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.prepared(this.pool, { ...statement, values: [...values], types: OWN_TYPES });
  }

  /** Runs the round trip of a runner, on the connection that is only there for that; each row is an array. */
  async roundTrip(statement: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    const config = { ...statement, values: [...values], types: OWN_TYPES, rowMode: 'array' as const };
    return (await this.prepared(this.lane, config)) as unknown as unknown[][];
  }

  /** Runs a statement that is sent now and then. */
  async query<R extends object = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.pool.query<R & Row>({ text, values: [...values], types: OWN_TYPES })).rows;
  }

  /** Several statements in one transaction; it is rolled back where `work` throws. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(async <R extends object>(text: string, values: readonly unknown[] = []) => {
        return (await client.query<R>({ text, values: [...values], types: OWN_TYPES })).rows;
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: unknown) => (broken = failure as Error));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * A connection of its own for a runner's session, not yet connected.
   *
   * @internal
   */
  createClient(): pg.Client {
    return new pg.Client({
      ...this.connectionOptions(),
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    });
  }

  /**
   * The options for a connection of the application's data source, as its driver made them.
   *
   * @internal
   */
  connectionOptions(): pg.PoolConfig {
    const given = connectionOptionsOf(this.dataSource);
    if (!this.setsIsolation) return given;
    const { options = '' } = given as { options?: string };
    const setting = `-c default_transaction_isolation=${ISOLATION.toLowerCase().replace(' ', '\\ ')}`;
    return { ...given, options: `${options} ${setting}`.trim() };
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.lane.end()]);
  }

  /** @param idle - how long all but one connection stay open without work, in milliseconds; 0 is for ever */
  private createPool(max: number, idle: number): pg.Pool {
    const pool = new pg.Pool({
      ...this.connectionOptions(),
      max,
      // One stays: a new connection has to plan every statement anew.
      min: 1,
      idleTimeoutMillis: idle,
      allowExitOnIdle: true,
    });
    // A connection that breaks is replaced, and what was asked on it rejects; without a listener the process would end.
    // The pool listens to the connections that are idle, nobody to one that is handed out, or just being handed out.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  private async prepared(pool: pg.Pool, config: pg.QueryConfig & Statement): Promise<Row[]> {
    const { name: _, ...unnamed } = config;
    if (!this.named) return (await pool.query<Row>(unnamed)).rows;
    try {
      return (await pool.query<Row>(config)).rows;
    } catch (error) {
      if (!PREPARED_STATEMENT_CODES.has((error as { code?: string }).code ?? '')) throw error;
      this.named = false;
      return (await pool.query<Row>(unnamed)).rows;
    }
  }
}

/**
 * Queries in the transaction of a manager, with our own types: the driver's own connection is asked, since the
 * application may have set other types for it as a whole.
 */
export function queryOf(manager: EntityManager): Query {
  return async <R extends object>(text: string, values: readonly unknown[] = []) => {
    const runner = manager.queryRunner ?? dataSourceOf(manager).createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.ClientBase;
      return (await client.query<R & Row>({ text, values: [...values], types: OWN_TYPES })).rows;
    } finally {
      if (manager.queryRunner === undefined) await runner.release();
    }
  };
}
