import { isConnectionLost, isReadOnly } from '../../common/pg-errors.js';
import { type Connection, destroy, processIdOf } from '../../store/connection/connection.js';
import type { QueueDatabase, Row, Statement } from '../../store/connection/database.js';
import { OWN_TYPES } from '../../store/connection/pg-types.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import { GRACE_MS } from '../runner.settings.js';
import type { Liveness, LivenessHooks } from './liveness.js';

/** Between two attempts to open the session again, in milliseconds. */
const AGAIN_MS = 200;

/**
 * For how long a session that doesn't answer may be alive for the others, in milliseconds: by its keepalive settings the
 * server gives up a peer that it doesn't hear of after 20 s.
 */
const UNHEARD_MS = 15_000;

/**
 * The session of a node: one connection that listens and holds the node's advisory lock. As long as it is open the node
 * is alive, whatever its event loop does; when the process dies, the server sees the connection close at once.
 */
export class SessionLock implements Liveness {
  private connection: Connection | null = null;
  /** Grows with each attempt to connect: only the latest may become the session. */
  private attempt = 0;
  private closed = false;
  private node = 0;
  /** The backend by whose lock the others see this node. */
  private backend = 0;
  /** When the lock was last known to be held, by the monotonic clock. */
  private provenAt = 0;
  private expired = false;
  private graceTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    private readonly hooks: LivenessHooks,
  ) {}

  async open(node: number): Promise<void> {
    this.node = node;
    const { connection } = this;
    this.connection = null;
    if (connection !== null) destroy(connection.client);
    await this.connect();
    this.expired = false;
  }

  /** Asks something on the session itself, which shows at the same time that it is alive. */
  readonly ask = async (statement: Statement, values: readonly unknown[]): Promise<Row | undefined> => {
    const { connection } = this;
    if (connection === null) throw new Error('The session is not open');
    const sentAt = performance.now();
    let answered = false;
    const late = setInterval(() => {
      // After a long computation the answer may be there, but not yet read: let the sockets be read first.
      setImmediate(() => {
        if (!answered && performance.now() - Math.max(sentAt, this.provenAt) > UNHEARD_MS) this.expire();
      });
    }, 1_000);
    try {
      const send = this.database.sendOn(connection, () => this.proven(performance.now()));
      const { rows } = await send<Row>({ ...statement, values: [...values], types: OWN_TYPES });
      this.proven(sentAt);
      if (this.expired && this.connection === connection) this.back();
      return rows[0];
    } catch (error) {
      if (isConnectionLost(error) || isReadOnly(error)) this.broken(connection, error);
      throw error;
    } finally {
      answered = true;
      clearInterval(late);
    }
  };

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.graceTimer);
    const { connection } = this;
    this.connection = null;
    this.hooks.hears(false);
    if (connection === null) return;
    const late = setTimeout(() => destroy(connection.client), 1_000);
    await connection.client.end().catch(() => undefined);
    clearTimeout(late);
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    const connection = await this.database.open();
    const { client } = connection;
    client.on('error', (error) => this.broken(connection, error));
    client.on('end', () => this.broken(connection, new Error('The connection was closed')));
    client.on('notification', ({ payload }) => this.hooks.notified(payload ?? ''));
    const at = performance.now();
    try {
      await this.nodes.openSession(this.database.sendOn(connection), this.node, (backend) => {
        if (backend === this.backend) this.proven(performance.now());
      });
    } catch (error) {
      destroy(client);
      throw error;
    }
    if (this.closed || attempt !== this.attempt) {
      destroy(client);
      return;
    }
    this.connection = connection;
    this.backend = processIdOf(client);
    clearTimeout(this.graceTimer);
    this.provenAt = at;
    this.hooks.hears(true);
  }

  private broken(connection: Connection, error: unknown): void {
    if (this.connection !== connection) return;
    this.connection = null;
    this.hooks.hears(false);
    destroy(connection.client);
    this.startGrace();
    this.hooks.lost(error);
    void this.reconnect();
  }

  /** The lock is held: nobody gives this node up within the grace from here on. */
  private proven(at: number): void {
    this.provenAt = Math.max(this.provenAt, at);
    if (this.connection === null && !this.expired) this.startGrace();
  }

  private startGrace(): void {
    clearTimeout(this.graceTimer);
    if (!this.closed) this.graceTimer = setTimeout(() => this.expire(), GRACE_MS);
  }

  private expire(): void {
    if (this.expired || this.closed) return;
    this.expired = true;
    this.hooks.expired();
  }

  private back(): void {
    this.expired = false;
    this.hooks.recovered();
  }

  private async reconnect(): Promise<void> {
    while (!this.closed && this.connection === null) {
      try {
        await this.connect();
        if (this.connection !== null) this.back();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}
