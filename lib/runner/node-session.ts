import type pg from 'pg';
import type { QueueDatabase, Row, Statement } from '../store/database.js';
import type { NodeStore } from '../store/node-store.js';
import { OWN_TYPES } from '../store/pg-types.js';

/** Between two attempts to open the session again, in milliseconds. */
const AGAIN_MS = 200;
/** A network that is gone closes no connection: only silence tells, after this time in milliseconds. */
const SILENCE_MS = 5_000;

export interface SessionHooks {
  /** A notification came in. */
  readonly notified: (payload: string) => void;
  /** The session broke. It is being opened again. */
  readonly lost: (error: unknown) => void;
  /** The session is open again; false: the others have given the node up meanwhile. */
  readonly reopened: (alive: boolean) => void;
}

/**
 * The session of a node: one connection that listens and holds the node's advisory lock. As long as it is open the node
 * is alive, whatever its event loop does; when the process dies, the server sees the connection close at once.
 */
export class NodeSession {
  private client: pg.Client | null = null;
  private closed = false;
  private node = 0;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    private readonly hooks: SessionHooks,
  ) {}

  /** Opens the session for the first time. */
  async open(node: number): Promise<void> {
    await this.connect(node);
  }

  /** The node has a new number. */
  async move(node: number): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
    await this.connect(node);
  }

  /** Whether the node has its session now. */
  get isOpen(): boolean {
    return this.client !== null;
  }

  /** Asks something on the session itself, which shows at the same time that it is alive. */
  async ask(statement: Statement, values: readonly unknown[]): Promise<Row | undefined> {
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
  }

  async close(): Promise<void> {
    this.closed = true;
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(node: number): Promise<boolean> {
    this.node = node;
    const client = this.database.createClient();
    client.on('error', (error) => this.broken(client, error));
    client.on('end', () => this.broken(client, new Error('The connection was closed')));
    client.on('notification', ({ payload }) => this.hooks.notified(payload ?? ''));
    try {
      await client.connect();
      const alive = await this.nodes.openSession(client, node);
      if (this.closed) {
        await client.end();
        return alive;
      }
      this.client = client;
      return alive;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  private broken(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    this.hooks.lost(error);
    void this.reconnect(this.node);
  }

  private async reconnect(node: number): Promise<void> {
    while (!this.closed) {
      try {
        const alive = await this.connect(node);
        if (!this.closed) this.hooks.reopened(alive);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}
