import type { QueueDatabase, Row, Statement } from '../../store/connection/database.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import { GRACE_MS } from '../runner.settings.js';
import { InlineLeaseRenewer } from './inline-lease-renewer.js';
import { type LeaseOrder, type LeaseRenewal, type LeaseRenewer, monotonic } from './lease-renewer.js';
import type { Liveness, LivenessHooks } from './liveness.js';
import { ThreadLeaseRenewer } from './thread-lease-renewer.js';
import { threadOptions } from './thread-options.js';

/** This many renewals fit into a lease. */
const RENEWALS = 5;

/** The others wait for the grace after the end of a lease; the node itself gives up that much earlier, in milliseconds. */
const EARLIER_MS = 1_000;

/**
 * The lease of a node behind a pooler in transaction mode, where no session can be held. It is renewed from a thread of
 * its own where that is possible.
 */
export class Lease implements Liveness {
  private renewer: LeaseRenewer | null = null;
  private renewedAt = monotonic();
  private lost = false;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: QueueDatabase,
    private readonly nodes: NodeStore,
    /** Milliseconds. */
    private readonly duration: number,
    private readonly hooks: LivenessHooks,
  ) {}

  async open(node: number): Promise<void> {
    const every = this.duration / RENEWALS;
    const order: LeaseOrder = {
      node,
      every,
      statement: this.nodes.leaseStatement,
      duration: this.duration,
    };
    this.renewedAt = monotonic();
    if (this.renewer === null) this.renewer = this.createRenewer(order);
    else this.renewer.follow(order);
    this.watch ??= setInterval(() => {
      // Messages of the thread that came during a long computation are read before it is judged.
      setImmediate(() => this.judge());
    }, every).unref();
    return Promise.resolve();
  }

  /** The query of a second renews the lease as well. */
  readonly ask = async (statement: Statement, values: readonly unknown[]): Promise<Row | undefined> => {
    const at = monotonic();
    const [row] = await this.database.run(statement, values);
    this.told({ renewed: true, at });
    return row;
  };

  async close(): Promise<void> {
    clearInterval(this.watch);
    const { renewer } = this;
    this.renewer = null;
    await renewer?.stop();
  }

  private createRenewer(order: LeaseOrder): LeaseRenewer {
    const options = this.database.usesPg ? threadOptions(this.database.connectionOptions()) : 'driver';
    if (typeof options === 'string') {
      return this.renewInline(
        order,
        new Error(`the option ${options} of the data source can't be given to a thread`),
      );
    }
    let latest = order;
    try {
      const renewer = new ThreadLeaseRenewer(
        order,
        options,
        (renewal) => this.told(renewal),
        (error) => {
          if (this.renewer !== null) this.renewer = this.renewInline(latest, error);
        },
      );
      return {
        follow: (next) => {
          latest = next;
          renewer.follow(next);
        },
        stop: async () => renewer.stop(),
      };
    } catch (error) {
      return this.renewInline(order, error);
    }
  }

  private renewInline(order: LeaseOrder, reason: unknown): LeaseRenewer {
    this.hooks.withoutThread(reason);
    const renewer = new InlineLeaseRenewer(this.database, (renewal) => this.told(renewal));
    renewer.follow(order);
    return renewer;
  }

  private told({ renewed, at, error }: LeaseRenewal): void {
    if (renewed) {
      this.renewedAt = Math.max(this.renewedAt, at);
      if (this.lost) this.hooks.recovered();
      this.lost = false;
    } else if (!this.lost) {
      this.hooks.lost(new Error(error));
    }
  }

  private judge(): void {
    if (this.lost || this.renewer === null) return;
    if (monotonic() - this.renewedAt < this.duration + GRACE_MS - EARLIER_MS) return;
    this.lost = true;
    this.hooks.expired();
  }
}
