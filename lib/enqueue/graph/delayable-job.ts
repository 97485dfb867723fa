import { BRAND } from '../../errors/brand.js';
import type { EntityManager } from 'typeorm';
import { InvalidGraphError } from '../../errors/invalid-graph.error.js';
import type { JobOptions } from '../../job/job-options.js';
import { checkBoolean, checkObject } from '../../common/option-checks.js';
import type { JobFunction } from '../../registry/job-function.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { StoreOptions } from '../delayable.types.js';
import type { JobDraft } from '../job-draft.js';
import type { DelayableChain } from './delayable-chain.js';
import type { DelayableGroup } from './delayable-group.js';
import { DelayableNode } from './delayable-node.js';
import { split } from './split.js';
import type { StoredGraphs } from './stored-graphs.js';

/**
 * A call as it was made.
 *
 * @internal
 */
export interface DelayableCall {
  readonly fn: JobFunction;
  readonly args: readonly unknown[];
  readonly options: JobOptions;
  /** That of the options of `delayable()`. */
  readonly manager: EntityManager | undefined;
}

/**
 * Where delayables are built and stored: one for each queue.
 *
 * @internal
 */
export interface DelayableOwner {
  build(call: DelayableCall): DelayableJob;
  /** Another delayable stands for this one. */
  forget(job: DelayableJob): void;
  delay(nodes: readonly DelayableNode[], options: StoreOptions): Promise<StoredGraphs>;
}

/** A call that was built and not stored yet: see `QueueService.delayable()`. */
export class DelayableJob<R = unknown> extends DelayableNode {
  /** @internal */
  static override readonly [BRAND]: string = 'DelayableJob';

  /** What the method's promise will resolve to; only for the compiler. */
  declare readonly resultType: R;
  /**
   * The jobs that this one waits for. `onDone()` changes them.
   *
   * @internal
   */
  readonly parents = new Set<DelayableJob>();
  /**
   * The jobs that wait for this one.
   *
   * @internal
   */
  readonly children = new Set<DelayableJob>();
  /**
   * One job of the members before and after it in its chain or group, so that these hang together.
   *
   * @internal
   */
  readonly linked = new Set<DelayableJob>();
  /** Why it can't be used any more. */
  private used: string | undefined;

  /** @internal */
  constructor(
    /** @internal */
    readonly draft: JobDraft,
    /** @internal */
    readonly call: DelayableCall,
    /** @internal */
    readonly home: DelayableOwner,
  ) {
    super();
  }

  /** The uuid that the job gets when it is stored. */
  get uuid(): string {
    return this.draft.job.uuid;
  }

  override get description(): string {
    return this.draft.job.description;
  }

  /** @internal */
  override heads(): readonly DelayableJob[] {
    return [this];
  }

  /** @internal */
  override tails(): readonly DelayableJob[] {
    return [this];
  }

  override jobs(): readonly DelayableJob[] {
    return [this];
  }

  /**
   * Stores the job with the whole graph that it belongs to, in one transaction: that of `manager` where one is given.
   *
   * @returns this job; where all jobs of the graph that have an identity key have a waiting twin, nothing is stored, and
   * it is the twin of this one, or of the graph's first one with a key where this one has none
   * @throws InvalidGraphError where jobs wait for each other in a circle, or one was stored before
   */
  override async delay(options: StoreOptions = {}): Promise<QueueJob<R>> {
    return (await this.home.delay([this], options)).jobOf(this) as QueueJob<R>;
  }

  /**
   * Cuts the first argument that is an array into parts of `size`, a job each: `… (split 1/4)`. An array of `size`
   * elements or fewer is one job, as it is. An identity key that is a text gets the same ending; a function that makes
   * keys is asked for each part.
   *
   * @param size - elements of a part; the last may have fewer
   * @param options - `chain`: one after the other. Default: beside each other
   * @returns a group or chain of the parts; this delayable is not to be used any more
   * @throws InvalidGraphError where no argument is an array, or the job stands in a graph already
   * @example
   * ```ts
   * await queue.delayable(this.catalogue).importLines(lines).split(500).onDone(report).delay();
   * ```
   */
  split(size: number, options?: { readonly chain?: false }): DelayableGroup;
  split(size: number, options: { readonly chain: true }): DelayableChain;
  split(size: number, options?: { readonly chain?: boolean }): DelayableChain | DelayableGroup;
  split(size: number, options: { readonly chain?: boolean } = {}): DelayableChain | DelayableGroup {
    const { chain = false } = checkObject('split()', options);
    checkBoolean('chain', chain);
    this.mustBeOpen();
    if (this.isMember || this.parents.size > 0 || this.children.size > 0) {
      throw new InvalidGraphError(
        `${this.description} stands in a graph already. Split it first, and put the parts into the graph.`,
      );
    }
    const parts = split(this, size, chain);
    this.used = 'was split';
    this.home.forget(this);
    return parts;
  }

  /**
   * @throws InvalidGraphError if it was stored or split
   * @internal
   */
  mustBeOpen(): void {
    if (this.used === undefined) return;
    throw new InvalidGraphError(`${this.description} ${this.used}. Build another delayable for another job.`);
  }

  /**
   * From now on it can't be stored again.
   *
   * @internal
   */
  take(): void {
    this.used = 'was delayed already';
  }

  /**
   * It was not stored after all.
   *
   * @internal
   */
  giveBack(): void {
    this.used = undefined;
  }
}
