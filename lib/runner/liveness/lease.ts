import pg from 'pg';
import type { QueueDatabase } from '../../store/connection/database.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import { type LeaseMessage, type LeaseOrder, LeaseRenewer } from './lease-renewer.js';
import { startLeaseThread } from './lease-thread.js';
import type { LivenessHooks, Liveness } from './liveness.js';

/** The monotonic clock that all threads share, in milliseconds. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** So many renewals fit into a lease. */
const RENEWALS = 5;

/** What renews the lease: a thread, or the process itself. */
interface Renewal {
  change(task: LeaseOrder): void;
  stop(): Promise<unknown>;
}

/**
 * The lease of a node behind a pooler in transaction mode, where no session can be held. A separate thread renews it, so
 * that a blocked event loop does not make the node look dead.
 */
export class Lease implements Liveness {
  readonly ask = undefined;
  private renewal: Renewal | null = null;
  private renewedAt = now();
  private lost = false;
  private expiryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    /** Milliseconds. */
    private readonly duration: number,
    private readonly hooks: LivenessHooks,
  ) {}

  async open(node: number): Promise<void> {
    const every = this.duration / RENEWALS;
    const task: LeaseOrder = {
      node,
      every,
      statement: this.nodes.leaseStatement,
      duration: this.duration,
      connection: await plainOptions(this.database.connectionOptions()),
    };
    this.renewedAt = now();
    if (this.renewal !== null) {
      this.renewal.change(task);
      return;
    }
    this.renewal = this.inThread(task);
    this.expiryTimer = setInterval(() => {
      // Messages of the thread that came during a long computation are read before it is judged.
      setImmediate(() => this.checkExpiry());
    }, every);
    this.expiryTimer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.expiryTimer);
    const { renewal } = this;
    this.renewal = null;
    await renewal?.stop();
  }

  private inThread(task: LeaseOrder): Renewal {
    try {
      let latest = task;
      const worker = startLeaseThread(task);
      worker.on('message', (message: LeaseMessage) => this.onMessage(message));
      worker.on('error', (error) => {
        // A thread that has ended renews nothing any more.
        if (this.renewal !== null) this.renewal = this.inProcess(latest, error);
      });
      return {
        change: (next) => {
          latest = next;
          worker.postMessage(next);
        },
        stop: () => worker.terminate(),
      };
    } catch (error) {
      return this.inProcess(task, error);
    }
  }

  /** A thread gets a copy of the options, which may be impossible, and needs the driver's file, which a bundle has not. */
  private inProcess(task: LeaseOrder, reason: unknown): Renewal {
    this.hooks.withoutThread(reason);
    const connection = this.database.connectionOptions();
    const renewer = new LeaseRenewer(pg.Pool, { ...task, connection }, (message) => this.onMessage(message));
    renewer.start();
    return renewer;
  }

  private onMessage({ renewed, at, error }: LeaseMessage): void {
    if (renewed) {
      this.renewedAt = at;
      if (this.lost) this.hooks.recovered();
      this.lost = false;
    } else if (!this.lost) {
      this.hooks.lost(new Error(error));
    }
  }

  private checkExpiry(): void {
    if (this.lost || this.renewal === null || now() - this.renewedAt < this.duration) return;
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
