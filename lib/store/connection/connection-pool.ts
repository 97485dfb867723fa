import { isConnectionLost, isReadOnly } from '../../common/pg-errors.js';
import { type Connection, destroy, type QueryConfig, type Send } from './connection.js';
import type { SilenceWatch } from './silence-watch.js';

const CLOSED = 'The queue has been closed';

export interface PoolSettings {
  readonly max: number;
  /** How long all but one connection stay open without work, in milliseconds; 0 is without end. */
  readonly idleMs: number;
  /** After this time in milliseconds a connection is replaced. */
  readonly lifetimeMs: number;
}

export interface Pooled extends Connection {
  idleTimer?: NodeJS.Timeout | undefined;
  /** It is closed when it is given back. */
  broken: boolean;
}

/** Somebody who waits for a connection. */
interface Waiting {
  readonly resolve: (connection: Pooled) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A few connections of the library's own. pg's pool would close a connection for each statement that is refused, and
 * can't let go of those that are idle and have fallen silent.
 */
export class ConnectionPool {
  private readonly idle: Pooled[] = [];
  private readonly lent = new Set<Pooled>();
  private readonly waiting: Waiting[] = [];
  /** Connections that are open or being opened. */
  private size = 0;
  private closed = false;
  private emptied: (() => void) | undefined;

  constructor(
    private readonly open: () => Promise<Connection>,
    private readonly watch: SilenceWatch,
    private readonly settings: PoolSettings,
  ) {}

  /** Lends a connection to `work`; it is closed afterwards where it has shown that it is of no more use. */
  async use<T>(work: (send: Send, connection: Pooled) => Promise<T>): Promise<T> {
    const pooled = this.idle.pop() ?? (await this.acquire());
    clearTimeout(pooled.idleTimer);
    this.lent.add(pooled);
    (pooled.client as { ref?: () => void }).ref?.();
    const send: Send = async <R>(config: QueryConfig) => {
      try {
        const answer = pooled.client.query(config) as Promise<{ rows: unknown[] }>;
        return (await this.watch.over(pooled, answer)) as { rows: R[] };
      } catch (error) {
        if (isConnectionLost(error) || isReadOnly(error)) pooled.broken = true;
        throw error;
      }
    };
    try {
      return await work(send, pooled);
    } finally {
      this.giveBack(pooled);
    }
  }

  /** Closes what is idle, and the rest as soon as it is given back: what comes next gets new connections. */
  renew(): void {
    for (const pooled of this.lent) pooled.broken = true;
    for (const pooled of this.idle.splice(0)) this.discard(pooled);
  }

  /** Waits for what is lent. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Error(CLOSED));
    await Promise.all(this.idle.splice(0).map(async (pooled) => end(pooled).finally(() => this.left())));
    if (this.size > 0) await new Promise<void>((resolve) => (this.emptied = resolve));
  }

  private async acquire(): Promise<Pooled> {
    if (this.closed) throw new Error(CLOSED);
    if (this.size < this.settings.max) return this.connect();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private async connect(): Promise<Pooled> {
    this.size += 1;
    try {
      const pooled: Pooled = Object.assign(await this.open(), { broken: false });
      pooled.client.on('error', () => this.broke(pooled));
      pooled.client.on('end', () => this.broke(pooled));
      return pooled;
    } catch (error) {
      this.left();
      throw error;
    }
  }

  private giveBack(pooled: Pooled): void {
    this.lent.delete(pooled);
    const old = performance.now() - pooled.openedAt > this.settings.lifetimeMs;
    if (pooled.broken || old || this.closed) {
      this.discard(pooled);
      return;
    }
    const next = this.waiting.shift();
    if (next !== undefined) {
      next.resolve(pooled);
      return;
    }
    this.idle.push(pooled);
    (pooled.client as { unref?: () => void }).unref?.();
    const { max, idleMs } = this.settings;
    if (idleMs === 0 || max === 1) return;
    pooled.idleTimer = setTimeout(() => {
      // One stays: a new connection has to plan every statement again.
      if (this.size > 1) this.broke(pooled);
    }, idleMs).unref();
  }

  private broke(pooled: Pooled): void {
    pooled.broken = true;
    const at = this.idle.indexOf(pooled);
    if (at < 0) return;
    this.idle.splice(at, 1);
    this.discard(pooled);
  }

  private discard(pooled: Pooled): void {
    clearTimeout(pooled.idleTimer);
    destroy(pooled.client);
    this.left();
  }

  /** A connection is gone: there is room for one more, where somebody waits for it. */
  private left(): void {
    this.size -= 1;
    if (this.size === 0) this.emptied?.();
    if (this.closed || this.size >= this.settings.max) return;
    const next = this.waiting.shift();
    if (next !== undefined) this.connect().then(next.resolve, next.reject);
  }
}

/** In order, where the other side still listens. */
async function end({ client, idleTimer }: Pooled): Promise<void> {
  clearTimeout(idleTimer);
  const late = setTimeout(() => destroy(client), 1_000);
  await client.end().catch(() => undefined);
  clearTimeout(late);
}
