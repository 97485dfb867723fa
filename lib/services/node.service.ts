import { Injectable } from '@nestjs/common';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { NodeNotFoundError } from '../errors/node-not-found.error.js';
import { type ActorOptions, checkActorOptions } from '../common/call-checks.js';
import { formatValue } from '../common/format-value.js';
import { audited } from '../inspect/audited.js';
import type { NodeCommand, NodeState } from '../store/nodes/node-store.js';
import { Store } from '../store/store.js';

/**
 * The processes that run jobs, inspected and commanded from any process. A command to a node is stored in the database: a
 * node that listens does it at once, one behind a pooler within about a second.
 *
 * @example
 * ```ts
 * for (const { id, state } of await nodes.list()) if (state === 'alive') await nodes.drain(id);
 * ```
 */
@Injectable()
export class NodeService {
  /** @internal */
  constructor(private readonly store: Store) {}

  /** All nodes, those that have ended too as long as `removalInterval` keeps them; the newest first. */
  async list(): Promise<NodeState[]> {
    return this.store.nodes.list();
  }

  /**
   * The node claims no more and gives back what it has prefetched; what runs goes on. So it stays until it is resumed or its
   * process ends.
   *
   * @throws NodeNotFoundError
   */
  async drain(id: number, options: ActorOptions = {}): Promise<void> {
    await this.command(id, 'drain', options);
  }

  /**
   * The node claims again. One that was asked to stop can't be resumed.
   *
   * @throws NodeNotFoundError
   */
  async resume(id: number, options: ActorOptions = {}): Promise<void> {
    await this.command(id, 'resume', options);
  }

  /**
   * The node ends as by `JobRunner.stop()`: what runs gets `shutdownTimeout` to end. Its process goes on, without running
   * jobs.
   *
   * @throws NodeNotFoundError
   */
  async stop(id: number, options: ActorOptions = {}): Promise<void> {
    await this.command(id, 'stop', options);
  }

  private async command(id: number, name: NodeCommand | 'resume', options: ActorOptions): Promise<void> {
    if (!Number.isInteger(id) || id < 0 || id > 2_147_483_647)
      throw new InvalidJobOptionError(`The id of a node is a whole number, not ${formatValue(id)}.`);
    const entry = { action: `nodes.${name}`, target: String(id) };
    await audited(this.store, entry, checkActorOptions(`${name}()`, options), async () => {
      if (!(await this.store.nodes.command(id, name === 'resume' ? null : name)))
        throw new NodeNotFoundError(`There is no node ${id} that runs: it has ended, or is about to.`);
    });
    this.store.notifier.publish({ nodes: true });
  }
}
