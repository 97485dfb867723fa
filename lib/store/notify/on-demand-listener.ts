import { type Connection, destroy } from '../connection/connection.js';
import type { QueueDatabase } from '../connection/database.js';
import { OWN_TYPES } from '../connection/pg-types.js';
import type { Tables } from '../connection/tables.js';
import { listenText } from './notification-text.js';

/** After this time without anybody who waits, the connection is closed, in milliseconds. */
const IDLE_MS = 30_000;

/** Before a connection that was lost or refused is opened again, and between two looks at whether it is there. */
const AGAIN_MS = 5_000;
const CHECK_MS = 20_000;

/** What a {@link OnDemandListener} does with what it hears. */
export interface ListenerHooks {
  readonly notified: (payload: string) => void;
  /** From now on it hears. */
  readonly opened: () => void;
}

/**
 * Hears notifications while somebody waits for one: by the session of this process's node or, in a process without one,
 * by a connection that is opened for it. Behind a pooler in transaction mode nothing can be heard.
 */
export class OnDemandListener {
  /** Set while a node of this process has its session. */
  private sessionOpen = false;
  private connection: Connection | null = null;
  private opening: Promise<void> | null = null;
  private shared: boolean | undefined;
  private nextTry = 0;
  private nextCheck = 0;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
    private readonly allowed: boolean,
    private readonly hooks: ListenerHooks,
  ) {}

  /** Whether this process hears notifications now. */
  get hears(): boolean {
    return this.sessionOpen || this.connection !== null;
  }

  /** Whether a node of this process hears them, now and all the time. */
  get nodeHears(): boolean {
    return this.sessionOpen;
  }

  /** The session of the node of this process was opened, or lost. */
  setSession(open: boolean): void {
    this.sessionOpen = open;
    if (!open) return;
    this.drop();
    this.hooks.opened();
  }

  /** Somebody waits for a notification. */
  keep(): void {
    if (!this.allowed || this.closed || this.sessionOpen) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.drop(), IDLE_MS).unref();
    const now = performance.now();
    if (this.connection !== null) {
      if (now >= this.nextCheck) this.check(this.connection);
    } else if (this.opening === null && this.shared !== true && now >= this.nextTry) {
      this.nextTry = now + AGAIN_MS;
      this.opening = this.open()
        .catch(() => undefined)
        .finally(() => (this.opening = null));
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.opening;
    this.drop();
  }

  private async open(): Promise<void> {
    this.shared ??= await this.database.sharesSessions();
    if (this.shared) return;
    const connection = await this.database.open();
    const { client } = connection;
    client.on('error', () => this.drop(connection));
    client.on('end', () => this.drop(connection));
    client.on('notification', ({ payload }) => this.hooks.notified(payload ?? ''));
    try {
      await this.database.sendOn(connection)({ text: listenText(this.tables), types: OWN_TYPES });
    } catch (error) {
      destroy(client);
      throw error;
    }
    if (this.closed || this.sessionOpen) return destroy(client);
    this.connection = connection;
    this.nextCheck = performance.now() + CHECK_MS;
    this.hooks.opened();
  }

  /** A connection that has fallen silent would never tell. */
  private check(connection: Connection): void {
    this.nextCheck = performance.now() + CHECK_MS;
    this.database
      .sendOn(connection)({ text: 'SELECT 1', types: OWN_TYPES })
      .catch(() => this.drop(connection));
  }

  private drop(which = this.connection): void {
    if (which === null) return;
    if (which === this.connection) {
      this.connection = null;
      clearTimeout(this.idle);
    }
    destroy(which.client);
  }
}
