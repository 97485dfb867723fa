import { Worker } from 'node:worker_threads';
import type { QueueDatabase } from '../../store/connection/database.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import type { LeaseMessage, LeaseOrder } from './lease.worker.js';
import type { LifeHooks, NodeLife } from './liveness.js';

/** The monotonic clock that all threads share, in milliseconds. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** So many renewals fit into a lease. */
const RENEWALS = 5;

/**
 * The lease of a node behind a pooler in transaction mode, where no session can be held. It is renewed from a thread of
 * its own, so that a blocked event loop does not make the node look dead.
 */
export class Lease implements NodeLife {
  readonly ask = undefined;
  private worker: Worker | null = null;
  private renewedAt = now();
  private lost = false;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    /** Milliseconds. */
    private readonly duration: number,
    private readonly hooks: LifeHooks,
  ) {}

  async open(node: number): Promise<void> {
    const every = this.duration / RENEWALS;
    const order: LeaseOrder = {
      node,
      every,
      statement: this.nodes.leaseStatement,
      duration: this.duration,
      connection: await plainOptions(this.database.connectionOptions()),
    };
    this.renewedAt = now();
    if (this.worker !== null) {
      this.worker.postMessage(order);
      return;
    }
    this.worker = new Worker(new URL('./lease.worker.js', import.meta.url), { workerData: order });
    this.worker.unref();
    this.worker.on('message', (message: LeaseMessage) => this.told(message));
    this.worker.on('error', (error) => this.hooks.lost(error));
    this.watch = setInterval(() => {
      // Messages of the thread that came during a long computation are read before it is judged.
      setImmediate(() => this.judge());
    }, every);
    this.watch.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await this.worker?.terminate();
    this.worker = null;
  }

  private told({ renewed, at, error }: LeaseMessage): void {
    if (renewed) {
      this.renewedAt = at;
      if (this.lost) this.hooks.returned();
      this.lost = false;
    } else if (!this.lost) {
      this.hooks.lost(new Error(error));
    }
  }

  private judge(): void {
    if (this.lost || this.worker === null || now() - this.renewedAt < this.duration) return;
    this.lost = true;
    this.hooks.expired();
  }
}

/** A thread gets no functions: a password that is one is asked here. */
async function plainOptions(options: ReturnType<QueueDatabase['connectionOptions']>): Promise<object> {
  const { password } = options;
  const asked = typeof password === 'function' ? await password() : password;
  const plain = Object.entries({ ...options, password: asked }).filter(
    ([, value]) => typeof value !== 'function',
  );
  return Object.fromEntries(plain);
}
