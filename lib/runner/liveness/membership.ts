import { hostname } from 'node:os';
import { LIBRARY_VERSION } from '../../common/version.js';
import type { NodeCommand } from '../../store/nodes/node-store.js';
import type { NodeParts } from '../node.parts.js';
import type { RunnerSettings } from '../runner.settings.js';
import { Lease } from './lease.js';
import type { Liveness, LivenessHooks } from './liveness.js';
import { SessionLock } from './session-lock.js';

export interface MembershipHooks extends Omit<
  LivenessHooks,
  'notified' | 'hears' | 'lost' | 'withoutThread'
> {
  /** The node has a number; what was asked of it under an earlier one still holds. */
  readonly registered: (now: number, command: NodeCommand | null) => void;
}

/** The node's place in the cluster: its row, and the proof that it is alive, by a session or a lease. */
export class Membership {
  /** The number of this node. */
  id = 0;
  /** It has a session; without one, a lease. */
  listens = false;
  private liveness!: Liveness;

  constructor(
    private readonly parts: NodeParts,
    private readonly settings: RunnerSettings,
    private readonly hooks: MembershipHooks,
  ) {}

  async join(): Promise<void> {
    const { log, store } = this.parts;
    const { database, nodes, notifier } = store;
    const { listen, leaseDuration } = this.settings;
    const hooks: LivenessHooks = {
      notified: (payload) => notifier.receive(payload),
      hears: (open) => notifier.listener.setSession(open),
      lost: (error) => log.sessionLost(this.id, error),
      expired: this.hooks.expired,
      recovered: this.hooks.recovered,
      withoutThread: (reason) => log.leaseWithoutThread(this.id, leaseDuration, reason),
    };
    this.listens = listen && !(await database.sharesSessions());
    this.liveness = this.listens
      ? new SessionLock(database, nodes, hooks)
      : new Lease(database, nodes, leaseDuration, hooks);
    await this.register();
    if (listen && !this.listens) log.behindPooler(this.id);
    await this.liveness.open(this.id);
  }

  /** The others have given this node up: it goes on under a new number. */
  async rejoin(): Promise<void> {
    const before = this.id;
    await this.register();
    await this.liveness.open(this.id);
    this.parts.log.reregistered(before, this.id);
  }

  /** See {@link Liveness.ask}. */
  readonly ask: Liveness['ask'] = async (...query) => this.liveness.ask(...query);

  /** If that is not possible, the others find the node dead, and give back what it still had. */
  async leave(): Promise<void> {
    try {
      await this.parts.store.nodes.leave(this.id);
    } catch (error) {
      this.parts.log.queryFailed(this.id, error, 1);
    }
  }

  async close(): Promise<void> {
    await this.liveness.close();
  }

  private async register(): Promise<void> {
    const { concurrency, leaseDuration } = this.settings;
    const { id, now, command } = await this.parts.store.nodes.register({
      name: `${hostname()}:${process.pid}`,
      listens: this.listens,
      concurrency,
      lease: leaseDuration / 1000,
      names: this.parts.names,
      version: LIBRARY_VERSION,
      release: this.settings.release,
      channels: this.settings.channels,
      onFailed: this.parts.onFailed,
      before: this.id,
    });
    this.id = id;
    this.hooks.registered(now, command);
  }
}
