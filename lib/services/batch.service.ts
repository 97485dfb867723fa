import { Injectable } from '@nestjs/common';
import type { Batch, BatchOptions, BatchProgress } from '../enqueue/batch/batch.js';
import type { BatchFilter } from '../store/batches/batch-store.js';
import { QueueParts } from './queue-parts.js';

/**
 * Batches: jobs and graphs that are watched together. `QueueService` has the same methods by longer names.
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
   * Makes a batch: see `QueueService.batch()`.
   *
   * @param name - for people; any number of batches may have the same
   * @throws InvalidBatchError, InvalidGraphError: nothing is stored
   */
  async create(name: string, options: BatchOptions = {}): Promise<Batch> {
    return this.parts.batches.create(name, options);
  }

  /** The batch, to add to it, close it or see how far it is; null where there is none. */
  async find(uuid: string): Promise<Batch | null> {
    return this.parts.batches.find(uuid);
  }

  /** Batches with their counts, the newest first; the next page is `{ before: last.uuid }`. */
  async list(filter: BatchFilter = {}): Promise<BatchProgress[]> {
    return this.parts.batches.list(filter);
  }

  /**
   * The batch of the job that is running here; null where the job is no member of one.
   *
   * @throws NoCurrentJobError outside of a job
   */
  async current(): Promise<Batch | null> {
    return this.parts.batches.current();
  }
}
