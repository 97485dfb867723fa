import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { StoreOptions } from './delayable.types.js';
import type { JobDraft } from './job-draft.js';

/** Stores drafts; the queue service's own way in. */
export type StoreDrafts = (drafts: readonly JobDraft[], options: StoreOptions) => Promise<QueueJob[]>;

/** A call that was built and not stored yet: see `QueueService.delayable()`. */
export class DelayableJob<R = unknown> {
  /** What the method's promise will resolve to; only for the compiler. */
  declare readonly resultType: R;

  constructor(
    readonly draft: JobDraft,
    private readonly store: StoreDrafts,
  ) {}

  /** Stores the job, in the transaction of `manager` where one is given. */
  async delay(options: StoreOptions = {}): Promise<QueueJob<R>> {
    const [job] = await this.store([this.draft], options);
    return job as QueueJob<R>;
  }
}
