import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { StoreOptions } from '../delayable.types.js';
import type { DelayableJob } from './delayable-job.js';
import { DelayableNode } from './delayable-node.js';

/** What chains and groups have in common. */
export abstract class DelayableCompound extends DelayableNode {
  /** @internal */
  protected readonly members: readonly DelayableNode[];
  private readonly all: readonly DelayableJob[];

  /** @internal */
  constructor(
    private readonly kind: 'chain' | 'group',
    members: readonly DelayableNode[],
  ) {
    super();
    this.takeIn(kind, members);
    this.members = [...members];
    this.all = members.flatMap((member) => member.jobs());
  }

  override get description(): string {
    const [first] = this.all;
    const more = this.all.length > 1 ? ', …' : '';
    return `${this.kind}(${first?.description}${more})`;
  }

  override jobs(): readonly DelayableJob[] {
    return this.all;
  }

  /**
   * Stores the whole graph that this belongs to, in one transaction: that of `manager` where one is given.
   *
   * @returns all jobs of the graph, in the order of their creation; where all of its jobs with an identity key have a
   * waiting twin, nothing is stored and these twins are answered, with `deduplicated`
   * @throws InvalidGraphError where jobs wait for each other in a circle, or one was stored before
   */
  override async delay(options: StoreOptions = {}): Promise<QueueJob[]> {
    const [first] = this.all as readonly [DelayableJob];
    return (await first.home.delay([this], options)).graphOf(first);
  }
}
