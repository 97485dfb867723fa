import { v7 } from 'uuid';
import type { ArgumentCodec } from '../../payload/argument-codec.js';
import { currentJob } from '../../execution-context/current-job.js';
import type { BatchFilter } from '../../store/batches/batch-store.js';
import { queryOf } from '../../store/connection/database.js';
import type { NewJob } from '../../store/insert/new-job.js';
import { callerTransaction, inTransaction } from '../caller-transaction.js';
import type { KnownChannels } from '../known-channels.js';
import type { Batch, BatchOptions, BatchProgress } from './batch.js';
import { BatchAtOnce } from './inline-batch.js';
import {
  buildCallbacks,
  checkBatchFilter,
  checkBatchUuid,
  checkName,
  checkOptions,
} from './batch-options.js';
import { type BatchWorks, StoredBatch, toProgress } from './stored-batch.js';

/** What new batches are given. */
export interface BatchSettings {
  readonly noDelay: boolean;
  readonly userId: (() => string | number | null | undefined) | undefined;
}

/** Makes batches and finds them again. */
export class Batches {
  /** Those without delay, as long as they are open: their jobs may ask for them. */
  private readonly atOnce = new Map<string, BatchAtOnce>();

  constructor(
    private readonly works: BatchWorks,
    private readonly channels: KnownChannels,
    private readonly codec: ArgumentCodec,
    private readonly settings: BatchSettings,
  ) {}

  async create(given: string, options: BatchOptions): Promise<Batch> {
    const name = checkName(given);
    const progressStep = checkOptions(options);
    const uuid = v7();
    const callbacks = buildCallbacks(options, { uuid, name });
    const asked = this.settings.userId?.();
    const userId = asked === null || asked === undefined ? null : String(asked);
    const { store, delayables } = this.works;
    const { jobs, manager: givenManager, noDelay = this.settings.noDelay } = options;
    if (noDelay) {
      const ended = (): boolean => this.atOnce.delete(uuid);
      const batch = new BatchAtOnce(uuid, name, userId, callbacks, delayables, ended);
      this.atOnce.set(uuid, batch);
      return this.filled(batch, options);
    }
    const manager = callerTransaction(store, givenManager) ?? store.dataSource.manager;
    const drafts = callbacks.map(({ event, job }) => ({ event, job: this.asDraft(job.draft.job) }));
    await this.channels.ensure(drafts.map(({ job }) => job));
    return inTransaction(manager, async (inner) => {
      await store.batches.insert({ uuid, name, userId, progressStep, callbacks: drafts }, queryOf(inner));
      for (const { job } of callbacks) delayables.use(job);
      const batch = new StoredBatch(uuid, name, this.works);
      try {
        return await this.filled(batch, { ...(jobs === undefined ? {} : { jobs }), manager: inner });
      } catch (error) {
        for (const { job } of callbacks) job.giveBack();
        throw error;
      }
    });
  }

  /** PostgreSQL makes a job of it, with a uuid of its own, each time that it is due. */
  private asDraft(job: NewJob): NewJob {
    const place = (field: 'args' | 'context') => ({ uuid: job.uuid, field });
    return {
      ...job,
      args: this.codec.sealDraft(job.args, place('args')),
      context: this.codec.sealDraft(job.context, place('context')),
    };
  }

  async find(given: string): Promise<Batch | null> {
    const uuid = checkBatchUuid(given);
    const running = this.atOnce.get(uuid);
    if (running !== undefined) return running;
    const manager = callerTransaction(this.works.store, undefined);
    const [row] = await this.works.store.batches.names([uuid], manager && queryOf(manager));
    return row === undefined ? null : new StoredBatch(row.uuid, row.name, this.works);
  }

  async list(filter: BatchFilter): Promise<BatchProgress[]> {
    return (await this.works.store.batches.list(checkBatchFilter(filter))).map(toProgress);
  }

  async current(): Promise<Batch | null> {
    const { batchUuid } = currentJob().job;
    return batchUuid === null ? null : this.find(batchUuid);
  }

  /** With all of its jobs from the start, it is closed. */
  private async filled(batch: Batch, { jobs, manager }: BatchOptions): Promise<Batch> {
    if (jobs === undefined) return batch;
    await batch.add(jobs, { manager });
    await batch.close({ manager });
    return batch;
  }
}
