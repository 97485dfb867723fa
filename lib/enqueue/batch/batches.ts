import { v7 } from 'uuid';
import type { ArgumentCodec } from '../../payload/argument-codec.js';
import { currentJob } from '../../execution-context/current-job.js';
import type { BatchFilter } from '../../store/batches/batch-store.js';
import type { NewJob } from '../../store/insert/new-job.js';
import { readUserId } from '../job-draft.js';
import type { KnownChannels } from '../known-channels.js';
import type { Batch, BatchOptions, BatchProgress } from './batch.js';
import { InlineBatch } from './inline-batch.js';
import {
  buildCallbacks,
  checkBatchFilter,
  checkBatchUuid,
  checkName,
  checkOptions,
} from './batch-options.js';
import { traced } from '../traced-calls.js';
import type { StoringTransaction } from '../transactions.js';
import { refuseActingKeys } from '../keyed-calls.js';
import { type BatchServices, StoredBatch, toProgress } from './stored-batch.js';

/** What new batches are given. */
export interface BatchSettings {
  readonly noDelay: boolean;
  readonly userId: (() => string | number | null | undefined) | undefined;
}

/** Makes batches and finds them again. */
export class Batches {
  /** Those without delay, as long as they are open: their jobs may ask for them. */
  private readonly inline = new Map<string, InlineBatch>();

  constructor(
    private readonly services: BatchServices,
    private readonly channels: KnownChannels,
    private readonly codec: ArgumentCodec,
    private readonly settings: BatchSettings,
  ) {}

  async create(given: string, options: BatchOptions): Promise<Batch> {
    const name = checkName(given);
    const progressStep = checkOptions(options);
    const uuid = v7();
    const callbacks = buildCallbacks(options, { uuid, name });
    refuseActingKeys(
      callbacks.map(({ job }) => job.draft.job),
      'that is called by a batch',
    );
    const userId = readUserId(this.settings.userId?.());
    const { store, delayables, transactions } = this.services;
    const { jobs, noDelay = this.settings.noDelay } = options;
    const caller = transactions.callers(options.manager);
    if (noDelay) {
      const ended = (): boolean => this.inline.delete(uuid);
      const batch = new InlineBatch(uuid, name, userId, callbacks, delayables, ended);
      this.inline.set(uuid, batch);
      if (jobs === undefined) return batch;
      await batch.add(jobs, { manager: options.manager });
      await batch.close({ manager: options.manager });
      return batch;
    }
    const batch = new StoredBatch(uuid, name, this.services);
    const drafts = callbacks.map(({ event, job }) => ({ event, job: this.asDraft(job.draft.job) }));
    await this.channels.ensure(drafts.map(({ job }) => job));
    const insert = async (tx: StoringTransaction): Promise<void> =>
      traced(this.services.tracing, drafts, async (trace) => {
        const traces = drafts.map(({ event, job }) => ({ event, job: { ...job, trace } }));
        await store.batches.insert({ uuid, name, userId, progressStep, callbacks: traces }, tx.query);
      });
    await transactions.run(caller, async (tx) => {
      await insert(tx);
      for (const { job } of callbacks) delayables.use(job);
      try {
        if (jobs !== undefined) {
          await batch.addIn(tx, jobs);
          await batch.closeIn(tx);
        }
      } catch (error) {
        for (const { job } of callbacks) job.giveBack();
        throw error;
      }
    });
    return batch;
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
    const running = this.inline.get(uuid);
    if (running !== undefined) return running;
    const caller = this.services.transactions.callers();
    const [row] = await this.services.store.batches.names([uuid], caller?.query);
    return row === undefined ? null : new StoredBatch(row.uuid, row.name, this.services);
  }

  async list(filter: BatchFilter): Promise<BatchProgress[]> {
    return (await this.services.store.batches.list(checkBatchFilter(filter))).map(toProgress);
  }

  async current(): Promise<Batch | null> {
    const { batchUuid } = currentJob().job;
    return batchUuid === null ? null : this.find(batchUuid);
  }
}
