import type pg from 'pg';
import type { QueueDatabase, Row, Statement } from '../../store/connection/database.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import { OWN_TYPES } from '../../store/connection/pg-types.js';
import type { LivenessHooks, Liveness } from './liveness.js';
import { GRACE_MS } from '../runner.settings.js';

/** Between two attempts to open the session again, in milliseconds. */
const RECONNECT_MS = 200;
/** A network that is gone closes no connection: only silence tells, after this time in milliseconds. */
const SILENCE_MS = 5_000;

/**
 * The session of a node: one connection that listens and holds the node's advisory lock. As long as it is open the node
 * is alive, whatever its event loop does; when the process dies, the server sees the connection close at once.
 */
export class SessionLock implements Liveness {
  private client: pg.Client | null = null;
  /** Grows with each attempt to connect: only the latest may become the session. */
  private attempt = 0;
  private closed = false;
  private node = 0;
  private graceTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    private readonly hooks: LivenessHooks,
  ) {}

  async open(node: number): Promise<void> {
    this.node = node;
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
    await this.connect();
    clearTimeout(this.graceTimer);
  }

  /** Asks something on the session itself, which shows at the same time that it is alive. */
  readonly ask = async (statement: Statement, values: readonly unknown[]): Promise<Row | undefined> => {
    const { client } = this;
    if (client === null) throw new Error('The session is not open');
    let answered = false;
    const timer = setTimeout(() => {
      // After a long computation the answer may be there, but not yet read: let the sockets be read first.
      setImmediate(() => {
        if (!answered) this.broken(client, new Error(`PostgreSQL did not answer within ${SILENCE_MS} ms`));
      });
    }, SILENCE_MS);
    try {
      return (await client.query<Row>({ ...statement, values: [...values], types: OWN_TYPES })).rows[0];
    } finally {
      answered = true;
      clearTimeout(timer);
    }
  };

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.graceTimer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    const client = this.database.createClient();
    client.on('error', (error) => this.broken(client, error));
    client.on('end', () => this.broken(client, new Error('The connection was closed')));
    client.on('notification', ({ payload }) => this.hooks.notified(payload ?? ''));
    try {
      await client.connect();
      await this.nodes.openSession(client, this.node);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.closed || attempt !== this.attempt) await client.end();
    else this.client = client;
  }

  private broken(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    this.graceTimer = setTimeout(() => this.hooks.expired(), GRACE_MS);
    this.hooks.lost(error);
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    while (!this.closed && this.client === null) {
      try {
        await this.connect();
        if (this.client === null) return;
        clearTimeout(this.graceTimer);
        this.hooks.recovered();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  }
}
