import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Client } from 'pg';

const AUTHENTICATION_OK = message('R', int32(0));
const READY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/**
 * A pooler in transaction mode, as small as can be: it lends one of its sessions to a client until the transaction of
 * that client ends. Like PgBouncer, it lends the session that was used last, and tells its clients a number of the
 * backend that it has made up. Clients may be whoever they like.
 */
export class TransactionPooler {
  private readonly server = createServer((socket) => new PoolerClient(socket, this));
  private readonly idle: PooledSession[] = [];
  private readonly sessions: PooledSession[] = [];
  private readonly waiting: ((session: PooledSession) => void)[] = [];

  private constructor(
    private readonly url: string,
    private readonly size: number,
  ) {}

  static async start(url: string, { size = 5 } = {}): Promise<TransactionPooler> {
    const pooler = new TransactionPooler(url, size);
    pooler.server.listen(0, '127.0.0.1');
    await once(pooler.server, 'listening');
    return pooler;
  }

  /** The connection string of before, but through here. */
  get through(): string {
    const url = new URL(this.url);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  async acquire(): Promise<PooledSession> {
    const free = this.idle.pop();
    if (free !== undefined) return free;
    if (this.sessions.length < this.size) {
      const session = new PooledSession(this.url);
      this.sessions.push(session);
      await session.open();
      return session;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(session: PooledSession): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(session);
    else next(session);
  }

  async close(): Promise<void> {
    this.server.close();
    await Promise.all(this.sessions.map(async (session) => session.close()));
  }
}

/** A session with the server. pg opens it; from then on its bytes go to whom it is lent to. */
class PooledSession {
  private readonly client: Client;
  private rest = Buffer.alloc(0);
  to: ((data: Buffer, ready: boolean) => void) | null = null;

  constructor(url: string) {
    this.client = new Client({ connectionString: url });
    this.client.on('error', () => undefined);
  }

  get socket(): Socket {
    return (this.client as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  async open(): Promise<void> {
    await this.client.connect();
    this.socket.removeAllListeners('data');
    this.socket.on('data', (data: Buffer) => this.read(data));
  }

  async close(): Promise<void> {
    this.socket.destroy();
    return Promise.resolve();
  }

  /** Whole messages alone, so that the end of a transaction isn't missed: `Z` with `I`. */
  private read(data: Buffer): void {
    this.rest = Buffer.concat([this.rest, data]);
    let end = 0;
    let ready = false;
    while (this.rest.length >= end + 5 && this.rest.length >= end + 1 + this.rest.readInt32BE(end + 1)) {
      if (this.rest[end] === READY) ready = this.rest[end + 5] === IDLE;
      end += 1 + this.rest.readInt32BE(end + 1);
    }
    if (end === 0) return;
    const whole = this.rest.subarray(0, end);
    this.rest = this.rest.subarray(end);
    this.to?.(whole, ready);
  }
}

class PoolerClient {
  private session: PooledSession | null = null;
  private acquiring = false;
  private started = false;
  private pending: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly pooler: TransactionPooler,
  ) {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => this.read(data));
    socket.on('close', () => this.gone());
  }

  private read(data: Buffer): void {
    if (!this.started) {
      this.started = true;
      // A number of a backend that is none.
      const key = message('K', int32(1_000_000 + Math.floor(Math.random() * 1_000_000)), int32(1));
      this.socket.write(Buffer.concat([AUTHENTICATION_OK, key, message('Z', Buffer.from('I'))]));
      return;
    }
    // Terminate: the session stays.
    if (data[0] === 'X'.charCodeAt(0)) return void this.socket.end();
    this.pending.push(data);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.acquiring) return;
    if (this.session === null) {
      this.acquiring = true;
      const session = await this.pooler.acquire();
      this.acquiring = false;
      this.session = session;
      session.to = (data, ready) => {
        if (!this.socket.destroyed) this.socket.write(data);
        if (ready) this.giveBack();
      };
    }
    for (const data of this.pending.splice(0)) this.session.socket.write(data);
  }

  private giveBack(): void {
    const { session } = this;
    if (session === null || this.pending.length > 0) return;
    this.session = null;
    session.to = null;
    this.pooler.release(session);
  }

  /** What it left open is rolled back, before anybody else gets the session. */
  private gone(): void {
    this.pending = [];
    this.session?.socket.write(message('Q', Buffer.from('ROLLBACK\0')));
  }
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}
