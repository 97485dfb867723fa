import { Injectable } from '@nestjs/common';
import type { Batch, BatchOptions, BatchProgress } from '../enqueue/batch/batch.js';
import type { BatchFilter } from '../store/batches/batch-store.js';
import { QueueParts } from './queue-parts.js';

/**
 * Batches: jobs and graphs that are watched together, to be injected beside `QueueService`.
 *
 * @example
 * ```ts
 * const batch = await batches.create('import 42', { onSuccess: queue.delayable(this.mails).sendReport(42) });
 * await batch.add(parts.map((part) => queue.delayable(this.importer).importPart(part)));
 * await batch.close();
 * ```
 */
@Injectable()
export class BatchService {
  /** @internal */
  constructor(private readonly parts: QueueParts) {}

  /**
   * Makes a batch: any number of jobs and graphs that are watched together, added over time, also by its own jobs, until it
   * is closed. Its callbacks are jobs, each stored in the very transaction that causes it.
   *
   * @param name - for people; any number of batches may have the same
   * @throws InvalidBatchError, InvalidGraphError: nothing is stored
   * @example
   * ```ts
   * const batch = await batches.create('import 42', { onSuccess: queue.delayable(this.mails).sendReport(42) });
   * await batch.add(parts.map((part) => queue.delayable(this.importer).importPart(part)));
   * await batch.close();
   * ```
   */
  async create(name: string, options: BatchOptions = {}): Promise<Batch> {
    return this.parts.batches.create(name, options);
  }

  /** The batch, to add to it, close it or see how far it is; null if there is none. */
  async find(uuid: string): Promise<Batch | null> {
    return this.parts.batches.find(uuid);
  }

  /** Batches with their counts, the newest first; the next page is `{ before: last.uuid }`. */
  async list(filter: BatchFilter = {}): Promise<BatchProgress[]> {
    return this.parts.batches.list(filter);
  }

  /**
   * The batch of the job that is running here, for instance to add to it; null if the job is no member of one.
   *
   * @throws NoCurrentJobError outside of a job
   * @example
   * ```ts
   * const batch = await batches.current();
   * await batch?.add(pages.map((page) => queue.delayable(this.importer).importPage(page)));
   * ```
   */
  async current(): Promise<Batch | null> {
    return this.parts.batches.current();
  }
}
