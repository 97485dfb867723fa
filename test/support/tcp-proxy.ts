import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Target {
  readonly host: string;
  readonly port: number;
}

const targetOf = (url: string): Target => {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
};

/** The network between one process and PostgreSQL. It can be cut, and it can fall silent. */
export class TcpProxy {
  private readonly server = createServer({ allowHalfOpen: true }, (socket) => this.join(socket));
  private readonly sockets = new Set<Socket>();
  /** By the connection of the process, the one to PostgreSQL. */
  private readonly pairs = new Map<Socket, Socket>();
  /** Those to PostgreSQL. */
  private readonly answering = new Set<Socket>();
  /** Those that carry nothing any more. */
  private readonly silent = new Set<Socket>();
  private frozen = false;

  private constructor(private target: Target) {}

  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetOf(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The given connection string, but through here. */
  through(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return changed.href;
  }

  /** New connections go to another server; those of now stay where they are. */
  turnTo(url: string): void {
    this.target = targetOf(url);
  }

  /** Every connection is reset; new ones work at once. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Nothing passes any more, and nobody is told. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What is asked passes, what is answered doesn't. */
  holdAnswers(): void {
    for (const socket of this.answering) socket.pause();
  }

  /**
   * The connections of now carry nothing any more, in either direction, and stay open for the process; new ones work. As
   * where a NAT forgets them, or a host is replaced.
   *
   * @param which - by the port that PostgreSQL sees
   * @param options - `closed`: PostgreSQL sees them end
   */
  dropSilently(which: (port: number) => boolean = () => true, { closed = false } = {}): number {
    let dropped = 0;
    for (const [near, far] of this.pairs) {
      if (!which(far.localPort ?? 0)) continue;
      dropped += 1;
      this.pairs.delete(near);
      for (const socket of [near, far]) {
        socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
        socket.on('close', () => {
          this.sockets.delete(socket);
          this.silent.delete(socket);
        });
        this.silent.add(socket);
        // What arrives is acknowledged, and thrown away.
        socket.resume();
      }
      if (closed) far.destroy();
    }
    return dropped;
  }

  /** What was dropped silently ends, as when the keepalive of TCP finds it. */
  cutSilent(): void {
    for (const socket of this.silent) socket.destroy();
  }

  /** All that was held up goes on its way. */
  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect({ ...this.target, allowHalfOpen: true });
    this.answering.add(far);
    this.pairs.set(near, far);
    near.on('close', () => this.pairs.delete(near));
    far.on('close', () => this.answering.delete(far));
    this.pass(near, far);
    this.pass(far, near);
  }

  private pass(from: Socket, to: Socket): void {
    from.setNoDelay(true);
    this.sockets.add(from);
    from.on('data', (data) => {
      if (!to.destroyed) to.write(data);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      // What is still to be read there is of no use to anybody who is gone.
      if (!this.frozen) to.destroy();
    });
    if (this.frozen) from.pause();
  }
}
