import type { Type } from '@nestjs/common';
import type { BatchService, QueueService } from 'nestjs-queue-job';
import type { DataSource } from 'typeorm';
import type { Recorder } from '../process/recorder.js';
import type { Random } from '../random.js';

/** What a call of a workload has at hand. */
export interface CallContext {
  readonly queue: QueueService;
  readonly batches: BatchService;
  /** The application's. */
  readonly dataSource: DataSource;
  readonly random: Random;
  readonly recorder: Recorder;
  /** Channels without an order of their own. */
  readonly channels: readonly string[];
  /** Of earlier calls of this process: what may be cancelled. */
  readonly recent: string[];
  /** Tells that the call was answered with these jobs. `from` is the time of the database before the call. */
  readonly accepted: (
    jobs: readonly { readonly uuid: string }[],
    from: Date,
    facts?: object,
  ) => Promise<void>;
}

/** One kind of work: a provider with its jobs, and how they are asked for. A file each. */
export interface Workload {
  readonly name: string;
  readonly provider: Type<object>;
  /** How often it is called beside the others. */
  readonly weight: number;
  /** Only one process calls it, so that the calls have an order. */
  readonly alone?: true;
  /** Rejects where the library refuses, which under faults it may: such a call was not accepted. */
  call(context: CallContext): Promise<void>;
}
