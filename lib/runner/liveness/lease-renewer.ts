import type pg from 'pg';

/** The lease to renew, and how. */
export interface LeaseOrder {
  readonly node: number;
  readonly statement: string;
  /** Milliseconds between two renewals. */
  readonly every: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly connection: object;
}

/** How a renewal ended. */
export interface LeaseMessage {
  readonly renewed: boolean;
  /** When the renewal was sent, by the monotonic clock that all threads share, in milliseconds. */
  readonly at: number;
  readonly error?: string;
}

/** Renews a lease on a connection of its own until it is stopped. It runs in the thread, or in the process without one. */
export class LeaseRenewer {
  private readonly pool: pg.Pool;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    Pool: typeof pg.Pool,
    private order: LeaseOrder,
    private readonly report: (message: LeaseMessage) => void,
  ) {
    this.pool = new Pool({ ...order.connection, max: 1, connectionTimeoutMillis: order.duration / 2 });
    this.pool.on('error', () => undefined);
  }

  start(): void {
    void this.renew();
  }

  /** From now on, renews the lease of another node. */
  change(order: LeaseOrder): void {
    this.order = order;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pool.end();
  }

  private async renew(): Promise<void> {
    const { statement, node, duration, every } = this.order;
    const at = Number(process.hrtime.bigint()) / 1e6;
    try {
      await this.pool.query(statement, [node, duration]);
      this.report({ renewed: true, at });
    } catch (error) {
      this.report({ renewed: false, at, error: (error as Error).message });
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.renew(), every);
  }
}
