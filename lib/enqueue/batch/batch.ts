import type { BatchState, Progress } from '../../job/batch-progress.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { StoreOptions } from '../delayable.types.js';
import type { DelayableJob } from '../graph/delayable-job.js';
import type { DelayableNode } from '../graph/delayable-node.js';

/** A batch and how far it is, all of it at one moment. */
export interface BatchProgress extends Progress {
  readonly uuid: string;
  readonly name: string;
  readonly userId: string | null;
  readonly state: BatchState;
  readonly dateCreated: Date;
  /** When nothing more could be added. */
  readonly dateClosed: Date | null;
  /** When it was closed and the last member ended. */
  readonly dateEnded: Date | null;
}

/** A callback of a batch: a built job, or a function that builds it and is told which batch it is for. */
export type BatchCallback = DelayableJob | ((batch: { uuid: string; name: string }) => DelayableJob);

/** The options of `batches.create()`. */
export interface BatchOptions extends StoreOptions {
  /** These alone: the batch is stored with them and closed, all in one transaction. */
  readonly jobs?: readonly DelayableNode[];
  /** Stored when the batch is closed and every member has ended: done, failed or cancelled. */
  readonly onDone?: BatchCallback;
  /** Stored when the batch is closed and every member is done. */
  readonly onSuccess?: BatchCallback;
  /** Stored when the first member fails. */
  readonly onFailure?: BatchCallback;
  /** Stored when, of a closed batch, another `progressStep` percent have ended; once where several steps are passed at once. */
  readonly onProgress?: BatchCallback;
  /** Whole percent from 1 to 100. Default: 10. */
  readonly progressStep?: number;
  /** Runs all of it at once, here, and stores nothing. Default: the module's option. */
  readonly noDelay?: boolean;
}

/** Jobs that are watched together; see `batches.create()`. */
export abstract class Batch {
  /** @internal */
  constructor(
    readonly uuid: string,
    readonly name: string,
  ) {}

  /**
   * Stores built jobs, chains and groups, whole graphs, as members. In the transaction of `manager` where one is given, or
   * of the transactional job that calls, otherwise in one of its own. A job whose identity key finds a waiting twin is not
   * stored, and so is no member.
   *
   * @returns as `queue.delayAll()`
   * @throws BatchClosedError, BatchNotFoundError, InvalidGraphError: nothing is stored
   * @example
   * ```ts
   * await batch.add(lines.map((line) => queue.delayable(importer).importLine(line)));
   * ```
   */
  abstract add<R>(
    jobs: DelayableJob<R> | readonly DelayableJob<R>[],
    options?: StoreOptions,
  ): Promise<QueueJob<R>[]>;
  abstract add(nodes: DelayableNode | readonly DelayableNode[], options?: StoreOptions): Promise<QueueJob[]>;

  /**
   * Nothing more may be added, from the commit on. Where every member has ended by then, so has the batch, an empty one
   * too. Waits for open transactions that have added. Closing a closed batch does nothing.
   *
   * @param options - `manager`: of a transaction in which it happens. Let it commit soon: what may be the last end of a
   * member waits for it
   * @throws BatchNotFoundError
   */
  abstract close(options?: StoreOptions): Promise<void>;

  /**
   * How far it is, now.
   *
   * @throws BatchNotFoundError
   */
  abstract progress(): Promise<BatchProgress>;

  /**
   * Closes it and cancels every member that has not ended.
   *
   * @throws BatchNotFoundError
   */
  abstract cancel(options?: { readonly by?: string }): Promise<void>;

  /**
   * Waits until it is closed and every member has ended, whether well or not.
   *
   * @param options - `timeout`: milliseconds or a duration, about 24.8 days at most, after which
   * `FinishedTimeoutError`. Default: without end
   * @throws BatchNotFoundError
   */
  abstract finished(options?: { readonly timeout?: number | string }): Promise<BatchProgress>;
}
