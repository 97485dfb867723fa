import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { dataSourceOf } from './entity-manager.js';
import { type Connection, openConnection, type QueryConfig, type Send } from './connection.js';
import { clientClassOf, type ConnectionOptions, connectionOptionsOf } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { openly, type Quietly } from '../../common/quietly.js';
import { quieten } from './quiet-client.js';
import { ISOLATION } from './isolation.js';
import { OWN_TYPES } from './pg-types.js';
import { sharesSessions } from './pooler-check.js';
import type { SessionStyles } from './session-styles.js';
import { SilenceWatch } from './silence-watch.js';

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

/** Connections for storing, inspecting and managing, beside the session of a runner and that of its round trips. */
const MAX_CONNECTIONS = 2;

/** All but one of them are closed after this time without work, in milliseconds. */
const IDLE_MS = 10_000;

/** Of a server behind a pooler that doesn't know our prepared statement: 26000 and 42P05. */
const PREPARED_STATEMENT_CODES = new Set(['26000', '42P05']);

/**
 * The library's own connections: apart from the application's pool, so that jobs which use all of that one can not keep
 * their own ends from being written. Opened when needed, closed when idle.
 */
export class QueueDatabase {
  private readonly watch = new SilenceWatch(
    async () => this.open(),
    () => this.renew(),
  );
  private readonly pool: ConnectionPool;
  /**
   * The connection of the runner's round trips: these wait for nobody else's statements, and never for a new connection,
   * which would have to plan the claim again (20 to 50 ms, most of the pickup of a job in a process that was idle).
   */
  private readonly lane: ConnectionPool;
  private named = true;
  private looking: Promise<unknown> = Promise.resolve();

  /**
   * @param setsIsolation - the database has another default than our statements can live with
   * @param quietly - what keeps our statements out of the application's traces
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly setsIsolation = false,
    private readonly quietly: Quietly = openly,
  ) {
    const { maxLifetimeSeconds = 0 } = this.connectionOptions();
    const lifetimeMs = maxLifetimeSeconds > 0 ? maxLifetimeSeconds * 1_000 : Infinity;
    const open = async (): Promise<Connection> => this.open();
    this.pool = new ConnectionPool(open, this.watch, { max: MAX_CONNECTIONS, idleMs: IDLE_MS, lifetimeMs });
    this.lane = new ConnectionPool(open, this.watch, { max: 1, idleMs: 0, lifetimeMs });
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

  /** Runs a statement that is sent seldom. */
  async query<R extends object = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const config = { text, values: [...values], types: OWN_TYPES };
    return this.pool.use(async (send) => (await send<R & Row>(config)).rows);
  }

  /**
   * Runs a statement that reads for people and may be slow, such as a count of millions of rows. One at a time, so that
   * they leave a connection to those who store jobs.
   */
  async look<R extends object = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const turn = this.looking.then(async () => this.query<R>(text, values));
    this.looking = turn.catch(() => undefined);
    return turn;
  }

  /** Several statements in one transaction; it is rolled back where `work` throws. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.pool.use(async (send, connection) => {
      const query: Query = async <R extends object>(text: string, values: readonly unknown[] = []) =>
        (await send<R>({ text, values: [...values], types: OWN_TYPES })).rows;
      try {
        await query('BEGIN');
        const result = await work(query);
        await query('COMMIT');
        return result;
      } catch (error) {
        // Where that is not possible the connection is of no more use, and its end rolls back as well.
        await query('ROLLBACK').catch(() => (connection.broken = true));
        throw error;
      }
    });
  }

  /**
   * One more connection to the same server, ready for our statements; the caller closes it.
   *
   * @internal
   */
  async open(): Promise<Connection> {
    const options = this.connectionOptions();
    const Client = clientClassOf(this.dataSource);
    return this.quietly(async () =>
      quieten(await openConnection(new Client(options), options), this.quietly),
    );
  }

  /**
   * Sends statements on a connection that the caller has opened; they reject where it has fallen silent.
   *
   * @param working - a statement takes long, and the server says that it works on it
   * @internal
   */
  sendOn(connection: Connection, working?: () => void): Send {
    return async <R>(config: QueryConfig) => {
      const answer = connection.client.query(config) as Promise<{ rows: unknown[] }>;
      return (await this.watch.over(connection, answer, working)) as { rows: R[] };
    };
  }

  /** Replaces the connections, since one that is as old has fallen silent. */
  renew(): void {
    this.pool.renew();
    this.lane.renew();
  }

  /** Whether statements of one connection may go to different sessions: behind a pooler in transaction mode. */
  async sharesSessions(): Promise<boolean> {
    return sharesSessions(async () => this.open());
  }

  /** Whether connections are of pg's own class, and not of one that the data source was given. */
  get usesPg(): boolean {
    return clientClassOf(this.dataSource) === (pg.Client as unknown);
  }

  /**
   * The options for a connection of the application's data source, as its driver made them.
   *
   * @internal
   */
  connectionOptions(): ConnectionOptions {
    const given = connectionOptionsOf(this.dataSource);
    if (!this.setsIsolation) return given;
    const { options = '' } = given as { options?: string };
    const setting = `-c default_transaction_isolation=${ISOLATION.toLowerCase().replace(' ', '\\ ')}`;
    return { ...given, options: `${options} ${setting}`.trim() };
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.lane.close()]);
    this.watch.stop();
  }

  private async prepared(pool: ConnectionPool, config: QueryConfig & Statement): Promise<Row[]> {
    const { name: _, ...unnamed } = config;
    const sendOn = async (asked: QueryConfig): Promise<Row[]> =>
      pool.use(async (send) => (await send<Row>(asked)).rows);
    if (!this.named) return sendOn(unnamed);
    try {
      return await sendOn(config);
    } catch (error) {
      if (!PREPARED_STATEMENT_CODES.has((error as { code?: string }).code ?? '')) throw error;
      this.named = false;
      return sendOn(unnamed);
    }
  }
}

/**
 * Queries in the transaction of a manager, with our own types: the driver's own connection is asked, since the
 * application may have set other types for it as a whole.
 *
 * @internal
 */
export function queryOf(manager: EntityManager, styles: SessionStyles): Query {
  return async <R extends object>(text: string, values: readonly unknown[] = []) => {
    const runner = manager.queryRunner ?? dataSourceOf(manager).createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.ClientBase;
      const { rows } = await styles.readably(client, runner.isTransactionActive, async () =>
        client.query<R & Row>({ text, values: [...values], types: OWN_TYPES }),
      );
      return rows;
    } finally {
      if (manager.queryRunner === undefined) await runner.release();
    }
  };
}
