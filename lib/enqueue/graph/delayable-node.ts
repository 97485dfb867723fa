import { BRAND, isInstanceOf } from '../../errors/brand.js';
import { InvalidGraphError } from '../../errors/invalid-graph.error.js';
import { formatValue } from '../../common/format-value.js';
import type { StoreOptions } from '../delayable.types.js';
import type { DelayableJob } from './delayable-job.js';

/** Something that can stand in a graph of jobs: a job, a chain or a group. It is built, and stored by `delay()`. */
export abstract class DelayableNode {
  /** @internal */
  static readonly [BRAND]: string = 'DelayableNode';

  /** @internal */
  static [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }

  private outer: DelayableNode | undefined;

  /** For errors. */
  abstract get description(): string;

  /**
   * The jobs that begin it.
   *
   * @internal
   */
  abstract heads(): readonly DelayableJob[];

  /**
   * The jobs that end it.
   *
   * @internal
   */
  abstract tails(): readonly DelayableJob[];

  /** All its jobs, in the order in which they were built. Their `uuid` is that of the stored job. */
  abstract jobs(): readonly DelayableJob[];

  /**
   * Stores the whole graph that this belongs to, all that hangs together by chains, groups and `onDone()`, in one
   * transaction.
   */
  abstract delay(options?: StoreOptions): Promise<unknown>;

  /**
   * Makes `nodes` wait for this: they run once all of it is done. A chain is done with its last member, a group with all.
   *
   * @returns this, for more of the same
   * @throws InvalidGraphError where a job would wait for itself, or is no longer to be had
   * @example
   * ```ts
   * await load.onDone(check, count).delay(); // check and count both run after load
   * ```
   */
  onDone(...nodes: readonly DelayableNode[]): this {
    checkNodes('onDone', nodes);
    for (const node of nodes) {
      if (node === this) throw new InvalidGraphError(`${this.description} can't wait for itself.`);
      this.before(node);
    }
    return this;
  }

  /** The edges between two nodes, all of them or none. */
  private before(next: DelayableNode): void {
    const [tails, heads] = [this.tails(), next.heads()];
    const ends = new Set(tails);
    for (const job of [...tails, ...heads]) job.mustBeOpen();
    for (const head of heads) {
      if (ends.has(head)) throw new InvalidGraphError(`${head.description} can't wait for itself.`);
    }
    for (const head of heads) {
      for (const tail of tails) {
        head.parents.add(tail);
        tail.children.add(head);
      }
    }
  }

  /**
   * Each node is a member of one chain or group at most, or else it would have two places. All of `nodes` go in, or none.
   *
   * @internal
   */
  protected takeIn(kind: 'chain' | 'group', nodes: readonly DelayableNode[]): void {
    checkNodes(kind, nodes);
    if (nodes.length === 0) throw new InvalidGraphError(`${kind}() needs at least one member.`);
    const seen = new Set<DelayableNode>();
    for (const node of nodes) {
      if (seen.has(node) || node.outer !== undefined) {
        const where =
          node.outer === undefined ? `twice in this ${kind}` : `already in ${node.outer.description}`;
        throw new InvalidGraphError(
          `${node.description} is ${where}. A member has one place: build another delayable for a second run.`,
        );
      }
      seen.add(node);
      for (const job of node.jobs()) job.mustBeOpen();
    }
    for (const [at, node] of nodes.entries()) {
      node.outer = this;
      const [one, other] = [nodes[at - 1]?.jobs()[0], node.jobs()[0]];
      if (one === undefined || other === undefined) continue;
      one.linked.add(other);
      other.linked.add(one);
    }
  }

  /**
   * Whether it is a member of a chain or group.
   *
   * @internal
   */
  protected get isMember(): boolean {
    return this.outer !== undefined;
  }
}

/**
 * @throws InvalidGraphError for what is no node, with a hint if it is a job that was stored already
 * @internal
 */
export function checkNodes(what: string, nodes: readonly unknown[]): void {
  if (!Array.isArray(nodes))
    throw new InvalidGraphError(`${what}() takes an array of delayables, not ${formatValue(nodes)}.`);
  for (const node of nodes) {
    if (node instanceof DelayableNode) continue;
    const hint =
      node instanceof Promise ? ' withDelay() stores at once; delayable() builds what belongs here.' : '';
    throw new InvalidGraphError(
      `${what}() takes what queue.delayable(provider).method(), chain() and group() answer, not ${formatValue(node)}.${hint}`,
    );
  }
}
