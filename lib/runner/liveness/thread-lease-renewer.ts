import type { Worker } from 'node:worker_threads';
import { startLeaseThread } from './lease-thread.js';
import type { LeaseOrder, LeaseRenewal, LeaseRenewer, LeaseThreadMessage } from './lease-renewer.js';
import type { ThreadOptions } from './thread-options.js';

/** Renews a lease from a thread of its own, so that a blocked event loop does not make the node look dead. */
export class ThreadLeaseRenewer implements LeaseRenewer {
  private worker: Worker | null;

  /**
   * @param failed - the thread could not be started, or has ended by itself
   * @throws where the driver is part of a bundle
   */
  constructor(
    order: LeaseOrder,
    private readonly options: ThreadOptions,
    private readonly told: (renewal: LeaseRenewal) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    const worker = startLeaseThread({
      ...order,
      connection: options.plain,
      asksPassword: options.password !== undefined,
    });
    this.worker = worker;
    worker.on('message', (message: LeaseThreadMessage) => this.hear(message));
    worker.on('error', (error) => this.ended(error));
    worker.on('messageerror', (error) => this.ended(error));
    worker.on('exit', (code) => this.ended(new Error(`The thread ended with ${code}`)));
  }

  follow(order: LeaseOrder): void {
    this.worker?.postMessage({ order });
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }

  private hear(message: LeaseThreadMessage): void {
    if ('asks' in message) void this.answerPassword(message.asks);
    else this.told(message);
  }

  /** The thread connects: each new connection asks again, since a password may be good for minutes only. */
  private async answerPassword(asks: number): Promise<void> {
    try {
      this.worker?.postMessage({ asks, password: await this.options.password?.() });
    } catch (error) {
      this.worker?.postMessage({ asks, error: String(error) });
    }
  }

  private ended(error: unknown): void {
    if (this.worker === null) return;
    void this.stop();
    this.failed(error);
  }
}
