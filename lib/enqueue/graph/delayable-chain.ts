import { DelayableCompound } from './delayable-compound.js';
import type { DelayableJob } from './delayable-job.js';
import type { DelayableNode } from './delayable-node.js';

/** Members that run one after the other; see {@link chain}. */
export class DelayableChain extends DelayableCompound {
  /** @internal */
  constructor(members: readonly DelayableNode[]) {
    super('chain', members);
    for (const [at, member] of members.slice(1).entries()) members[at]?.onDone(member);
  }

  /** @internal */
  override heads(): readonly DelayableJob[] {
    return (this.members[0] as DelayableNode).heads();
  }

  /** @internal */
  override tails(): readonly DelayableJob[] {
    return (this.members.at(-1) as DelayableNode).tails();
  }
}

/**
 * Runs jobs, groups and chains one after the other: each member once the one before is done.
 *
 * @throws InvalidGraphError where it is empty, or a member stands somewhere else already
 * @example
 * ```ts
 * const jobs = queue.delayable(this.closing);
 * await chain(jobs.load(), group(jobs.checkStock(), jobs.checkPrices()), jobs.report()).delay();
 * ```
 */
export function chain(...nodes: readonly DelayableNode[]): DelayableChain {
  return new DelayableChain(nodes);
}
