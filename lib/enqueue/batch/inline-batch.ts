import { BatchClosedError } from '../../errors/batch-closed.error.js';
import { FinishedTimeoutError } from '../../errors/finished-timeout.error.js';
import { type BatchEvent, progressOf } from '../../job/batch-progress.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { StoreOptions } from '../delayable.types.js';
import type { Delayables } from '../graph/delayables.js';
import type { DelayableNode } from '../graph/delayable-node.js';
import { Batch, type BatchProgress } from './batch.js';
import type { BuiltCallback } from './batch-options.js';

/**
 * A batch of which nothing is stored: its jobs run where they are added, its callbacks where they are due. An error of a
 * job counts as its failure, and is then the caller's.
 */
export class InlineBatch extends Batch {
  private readonly dateCreated = new Date();
  private readonly counts = { done: 0, failed: 0 };
  private dateClosed: Date | null = null;

  constructor(
    uuid: string,
    name: string,
    private readonly userId: string | null,
    private readonly callbacks: readonly BuiltCallback[],
    private readonly delayables: Delayables,
    private readonly ended: () => void,
  ) {
    super(uuid, name);
  }

  override async add<R>(
    nodes: DelayableNode | readonly DelayableNode[],
    options: StoreOptions = {},
  ): Promise<QueueJob<R>[]> {
    if (this.dateClosed !== null) {
      throw new BatchClosedError(
        `Batch ${this.name} (${this.uuid}) is closed, so nothing can be added to it.`,
      );
    }
    const all = [nodes].flat() as readonly DelayableNode[];
    const failedBefore = this.counts.failed;
    const ran = (state: 'done' | 'failed'): void => {
      this.counts[state] += 1;
    };
    try {
      const stored = await this.delayables.delay(all, { ...options, batch: { uuid: this.uuid, ran } });
      return all.flatMap((node) => stored.of(node)) as QueueJob<R>[];
    } catch (error) {
      if (failedBefore === 0 && this.counts.failed > 0) await this.fire('failure', options);
      throw error;
    }
  }

  override async close(options: StoreOptions = {}): Promise<void> {
    if (this.dateClosed !== null) return;
    this.dateClosed = new Date();
    try {
      await this.fire('progress', options);
      if (this.counts.failed === 0) await this.fire('success', options);
      await this.fire('done', options);
    } finally {
      this.ended();
    }
  }

  override async progress(): Promise<BatchProgress> {
    const { uuid, name, userId, dateCreated, dateClosed } = this;
    const open = dateClosed === null;
    return Promise.resolve({
      uuid,
      name,
      userId,
      state: open ? 'open' : 'ended',
      dateCreated,
      dateClosed,
      dateEnded: dateClosed,
      ...progressOf(this.counts, open),
    });
  }

  /** Every job has ended when it was added: there is nothing to cancel. */
  override async cancel(): Promise<void> {
    await this.close();
  }

  override async finished(): Promise<BatchProgress> {
    if (this.dateClosed !== null) return this.progress();
    throw new FinishedTimeoutError(
      `Batch ${this.name} is open, and without delay nobody else can close it. Call close() before finished().`,
    );
  }

  private async fire(event: BatchEvent, options: StoreOptions): Promise<void> {
    const callback = this.callbacks.find((one) => one.event === event);
    if (callback !== undefined) await this.delayables.delay([callback.job], options);
  }
}
