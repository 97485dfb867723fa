import type { QueueDatabase } from '../../store/connection/database.js';
import { type LeaseOrder, type LeaseRenewal, type LeaseRenewer, monotonic } from './lease-renewer.js';

/** Renews a lease from the process itself: not while its event loop is blocked. */
export class InlineLeaseRenewer implements LeaseRenewer {
  private order: LeaseOrder | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly told: (renewal: LeaseRenewal) => void,
  ) {}

  follow(order: LeaseOrder): void {
    const begins = this.order === null;
    this.order = order;
    if (begins) void this.renew();
  }

  async stop(): Promise<void> {
    this.order = null;
    clearTimeout(this.timer);
    return Promise.resolve();
  }

  private async renew(): Promise<void> {
    const { order } = this;
    if (order === null) return;
    const at = monotonic();
    try {
      await this.database.query(order.statement, [order.node, order.duration]);
      this.told({ renewed: true, at });
    } catch (error) {
      this.told({ renewed: false, at, error: (error as Error).message });
    }
    if (this.order !== null) this.timer = setTimeout(() => void this.renew(), order.every).unref();
  }
}
