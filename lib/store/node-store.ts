import type pg from 'pg';
import { type QueueDatabase, type Row, namedStatement, type Statement } from './database.js';
import type { Tables } from './tables.js';

/** What a second in the life of an idle node tells. */
export interface Tick {
  /** False: the others have given this node up. */
  readonly alive: boolean;
  /** Nodes whose jobs may be given back. */
  readonly dead: readonly number[];
  /** Some job is ready. */
  readonly ready: boolean;
  /** Milliseconds until the next eta. */
  readonly nextEta: number | null;
  /** The version of the channel configuration. */
  readonly version: number;
  /** Jobs of this node that somebody wants to cancel. */
  readonly cancel: readonly string[];
}

/** Sends a statement somewhere and answers with the first row. */
export type Ask = (statement: Statement, values: readonly unknown[]) => Promise<Row | undefined>;

/** The nodes of the cluster: who lives, and what becomes of the jobs of one that doesn't. */
export class NodeStore {
  private readonly tickStatement: Statement;
  /** Renews the lease of a node, by milliseconds; a thread of its own sends it. */
  readonly leaseStatement: string;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.leaseStatement = `UPDATE ${tables.node} SET lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
      WHERE id = $1 AND alive`;
    this.tickStatement = namedStatement(
      'queue_job_tick',
      `SELECT ${tables.name('queue_job_tick_1')}($1, $2, $3) AS tick`,
    );
  }

  async register(node: {
    name: string;
    listens: boolean;
    concurrency: number;
    lease: number;
  }): Promise<number> {
    const rows = await this.database.query(
      `INSERT INTO ${this.tables.node} (name, listens, concurrency, lease_until)
       VALUES ($1, $2, $3, CASE WHEN NOT $2 THEN clock_timestamp() + $4::float8 * interval '1 second' END) RETURNING id`,
      [node.name, node.listens, node.concurrency, node.lease],
    );
    return Number(rows[0]?.['id']);
  }

  /**
   * Makes a connection the session of a node: it holds the node's lock, and the server finds out within 20 s when the
   * network is gone.
   */
  async openSession(client: pg.Client, node: number): Promise<void> {
    await client.query(`SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
      SET tcp_user_timeout = 20000;
      SET lock_timeout = 5000; SET idle_session_timeout = 0`);
    await client.query('SELECT pg_advisory_lock($1, $2)', [this.tables.lockClass, node]);
    await client.query(
      `UPDATE ${this.tables.node} SET backend = pg_backend_pid(), suspect_since = NULL WHERE id = $1 AND alive`,
      [node],
    );
    await client.query(`LISTEN "${this.tables.notifications.replaceAll('"', '""')}"`);
  }

  /** The query of a second, on the session of the node where it has one. Times in seconds. */
  async tick(
    node: number,
    grace: number,
    lease: number,
    ask: Ask = (...asked) => this.ask(...asked),
  ): Promise<Tick> {
    const row = await ask(this.tickStatement, [node, grace, lease]);
    return JSON.parse(row?.['tick'] as string) as Tick;
  }

  private async ask(statement: Statement, values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.database.run(statement, values))[0];
  }

  /** Gives back what a dead node had; answers with the number of jobs, null where it lives or another was faster. */
  async reap(node: number, grace: number): Promise<number | null> {
    const rows = await this.database.query(`SELECT ${this.tables.name('queue_job_reap_1')}($1, $2) AS jobs`, [
      node,
      grace,
    ]);
    return (rows[0]?.['jobs'] as number | null | undefined) ?? null;
  }

  /** Forgets nodes that ended long ago; milliseconds, null is never. */
  async removeEnded(interval: number | null): Promise<void> {
    await this.database.query(
      `DELETE FROM ${this.tables.node} WHERE NOT alive AND date_ended < clock_timestamp() - $1::float8 * interval '1 millisecond'`,
      [interval],
    );
  }

  /** The node ends. False where it still holds jobs: then it is left to be found dead. */
  async leave(node: number): Promise<boolean> {
    const rows = await this.database.query(`SELECT ${this.tables.name('queue_job_leave_1')}($1) AS left`, [
      node,
    ]);
    return rows[0]?.['left'] === true;
  }
}
