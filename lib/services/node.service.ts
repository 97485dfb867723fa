import { Injectable } from '@nestjs/common';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { NodeNotFoundError } from '../errors/node-not-found.error.js';
import { formatValue } from '../common/format-value.js';
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
  async drain(id: number): Promise<void> {
    await this.command(id, 'drain');
  }

  /**
   * The node claims again. One that was asked to stop can't be resumed.
   *
   * @throws NodeNotFoundError
   */
  async resume(id: number): Promise<void> {
    await this.command(id, null);
  }

  /**
   * The node ends as by `JobRunner.stop()`: what runs gets `shutdownTimeout` to end. Its process goes on, without running
   * jobs.
   *
   * @throws NodeNotFoundError
   */
  async stop(id: number): Promise<void> {
    await this.command(id, 'stop');
  }

  private async command(id: number, order: NodeCommand | null): Promise<void> {
    if (!Number.isInteger(id) || id < 0 || id > 2_147_483_647)
      throw new InvalidJobOptionError(`The id of a node is a whole number, not ${formatValue(id)}.`);
    if (!(await this.store.nodes.command(id, order)))
      throw new NodeNotFoundError(`There is no node ${id} that runs: it has ended, or is about to.`);
    this.store.notifier.publish({ nodes: true });
  }
}
