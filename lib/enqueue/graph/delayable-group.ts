import { DelayableCompound } from './delayable-compound.js';
import type { DelayableJob } from './delayable-job.js';
import type { DelayableNode } from './delayable-node.js';

/** Members that run beside each other; see {@link group}. */
export class DelayableGroup extends DelayableCompound {
  private readonly first: readonly DelayableJob[];
  private readonly last: readonly DelayableJob[];

  /** @internal */
  constructor(members: readonly DelayableNode[]) {
    super('group', members);
    this.first = members.flatMap((member) => member.heads());
    this.last = members.flatMap((member) => member.tails());
  }

  /** @internal */
  override heads(): readonly DelayableJob[] {
    return this.first;
  }

  /** @internal */
  override tails(): readonly DelayableJob[] {
    return this.last;
  }
}

/**
 * Runs jobs, chains and groups beside each other; what comes after the group waits for all of them.
 *
 * @throws InvalidGraphError where it is empty, or a member stands somewhere else already
 * @example
 * ```ts
 * const exports = products.map((product) => queue.delayable(this.exporter).exportOne(product));
 * await group(...exports).onDone(queue.delayable(this.exporter).report()).delay();
 * ```
 */
export function group(...nodes: readonly DelayableNode[]): DelayableGroup {
  return new DelayableGroup(nodes);
}
