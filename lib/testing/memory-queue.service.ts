import { type ActorOptions, checkActorOptions } from '../common/call-checks.js';
import { Delayables } from '../enqueue/graph/delayables.js';
import { ForgottenDelayables } from '../enqueue/graph/forgotten-delayables.js';
import type { JobEvents } from '../store/notify/job-events.js';
import type { StoreOptions } from '../enqueue/delayable.types.js';
import { checkRequiredTransaction } from '../enqueue/required-transaction.js';
import { maybeCurrentJob } from '../execution-context/current-job.js';
import type { TransactionSource } from '../queue-job.options.js';
import type { JobDrafter } from '../enqueue/job-draft.js';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { JobFailedError } from '../errors/job-failed.error.js';
import { JobNotFoundError } from '../errors/job-not-found.error.js';
import { JobNotRunError } from '../errors/job-not-run.error.js';
import { JobStateError } from '../errors/job-state.error.js';
import { NeedsDatabaseError } from '../errors/needs-database.error.js';
import type { Attempt } from '../inspect/attempts.js';
import { JOB_STATES, type JobState } from '../job/job-state.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { JobRegistry } from '../registry/job-registry.js';
import { QueueService } from '../services/queue.service.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { JobListFilter } from '../store/jobs/job-filter.js';
import type { MemoryJob, MemoryJobs } from './memory-jobs.js';

/** Told of every job that is stored; resolves when what runs at once has run. */
export type Stored = (jobs: readonly MemoryJob[]) => Promise<void>;

/** The queue of a test without a database: calls are checked and encoded as ever, and kept in memory. */
export class MemoryQueueService extends QueueService {
  constructor(
    private readonly jobs: MemoryJobs,
    registry: JobRegistry,
    codec: ArgumentCodec,
    drafting: JobDrafter,
    events: JobEvents,
    transactions: { readonly source: TransactionSource | undefined; readonly required: boolean },
    stored: Stored,
  ) {
    const save = async (
      graphs: Parameters<MemoryJobs['add']>[0],
      { manager }: StoreOptions,
    ): Promise<Map<string, QueueJob>> => {
      if (!inTransaction(manager)) {
        const drafts = graphs.flatMap((graph) => graph.drafts);
        checkRequiredTransaction(drafts, transactions.required);
      }
      const added = jobs.add(graphs);
      await stored([...new Set(added.values())]);
      return new Map([...added].map(([uuid, { job }]) => [uuid, job]));
    };
    // Without a database a manager is what the test gives for one.
    const inTransaction = (manager: unknown): boolean =>
      manager !== undefined ||
      maybeCurrentJob()?.transactional === true ||
      (transactions.source?.() ?? undefined) !== undefined;
    const draftOf: JobDrafter['draft'] = (fn, args, options) => drafting.draft(fn, args, options);
    // The parts that building and storing a call need; all the rest is overridden below.
    super({
      registry,
      codec,
      store: { events },
      draftOf,
      draft: (provider: object, method: string, args: readonly unknown[], options: object) =>
        draftOf(registry.functionOf(provider, method), args, options),
      save: async (drafts: readonly ReturnType<JobDrafter['draft']>[], options: StoreOptions) => {
        const graphs = drafts.map((draft) => ({ drafts: [draft], dependencies: [] }));
        const answers = await save(graphs, options);
        return drafts.map(({ job }) => answers.get(job.uuid));
      },
      delayables: new Delayables(
        { draft: ({ fn, args, options }) => draftOf(fn, args, options), save },
        new ForgottenDelayables(false),
      ),
    } as never);
  }

  override async find<R = unknown>(uuid: string): Promise<QueueJob<R> | null> {
    return (this.jobs.find(uuid)?.job ?? null) as QueueJob<R> | null;
  }

  /** By name, channel and state; other filters need the database. */
  override async list({ limit = 100, ...filter }: JobListFilter = {}): Promise<QueueJob[]> {
    const unknown = Object.keys(filter).filter(
      (key) => !['name', 'channel', 'state', 'priority'].includes(key),
    );
    if (unknown.length > 0) throw new NeedsDatabaseError(`list() by ${unknown.join(', ')}`);
    const has = (value: unknown, wanted: unknown): boolean =>
      wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
    return this.jobs.all
      .flatMap(({ job }) =>
        Object.entries(filter).every(([key, wanted]) => has(job[key as 'name'], wanted)) ? [job] : [],
      )
      .toReversed()
      .slice(0, limit);
  }

  override async counts(): Promise<Record<JobState, number>> {
    const count = (state: JobState) => this.jobs.all.filter(({ job }) => job.state === state).length;
    return Object.fromEntries(JOB_STATES.map((state) => [state, count(state)])) as Record<JobState, number>;
  }

  override async findByIdentityKey(key: string): Promise<QueueJob | null> {
    return this.jobs.holderOf(key)?.job ?? null;
  }

  override async attempts(uuid: string): Promise<Attempt[]> {
    return [...this.stored(uuid).attempts];
  }

  override async logs(uuid: string): ReturnType<QueueService['logs']> {
    return [...this.stored(uuid).logs];
  }

  override async waitingFor(uuid: string): Promise<QueueJob[]> {
    return this.stored(uuid).parents.flatMap(({ job }) => (job.state === 'done' ? [] : [job]));
  }

  override async cancel(uuid: string, options: ActorOptions = {}): Promise<QueueJob> {
    checkActorOptions('cancel()', options);
    const entry = this.stored(uuid);
    if (['done', 'cancelled', 'started'].includes(entry.job.state)) throw refusal('cancel', entry.job);
    entry.job.state = 'cancelled';
    this.jobs.release(entry);
    return entry.job;
  }

  override async delete(uuid: string, options: ActorOptions = {}): Promise<void> {
    checkActorOptions('delete()', options);
    this.jobs.all.splice(this.jobs.all.indexOf(this.stored(uuid)), 1);
  }

  /** Resolves or rejects for a job that has ended, and rejects at once for one that nothing will run. */
  override async finished<R>(job: QueueJob<R> | string): Promise<R> {
    const entry = this.stored(typeof job === 'string' ? job : job.uuid);
    const { name, result, state, uuid } = entry.job;
    if (state === 'done') return result as R;
    if (state === 'cancelled') throw new JobCancelledError(`${name} ${uuid} was cancelled`);
    if (state === 'failed' && entry.error !== null) {
      const { error } = entry;
      throw new JobFailedError(`${name} ${uuid} failed: ${error.name}: ${error.message}`, { cause: error });
    }
    throw new JobNotRunError(
      `${name} ${uuid} is ${state}, and without a database nothing runs it by itself. Run it by performEnqueued(), or advanceTime() where it has an eta, before finished().`,
    );
  }

  override async batch(): Promise<never> {
    throw new NeedsDatabaseError('batch()');
  }

  override async requeue(): Promise<never> {
    throw new NeedsDatabaseError('requeue()');
  }

  override async setDone(): Promise<never> {
    throw new NeedsDatabaseError('setDone()');
  }

  override async postpone(): Promise<never> {
    throw new NeedsDatabaseError('postpone()');
  }

  override async update(): Promise<never> {
    throw new NeedsDatabaseError('update()');
  }

  override async releaseKey(): Promise<never> {
    throw new NeedsDatabaseError('releaseKey()');
  }

  override async relatedAction(): Promise<never> {
    throw new NeedsDatabaseError('relatedAction()');
  }

  override async onApplicationShutdown(): Promise<void> {
    this.jobs.clear();
  }

  private stored(uuid: string): MemoryJob {
    const entry = this.jobs.find(uuid);
    if (entry === undefined) throw new JobNotFoundError(`There is no job ${uuid} in this test.`);
    return entry;
  }
}

const refusal = (what: string, { name, state, uuid }: QueueJob): JobStateError =>
  new JobStateError(`${name} ${uuid} is ${state}: ${what}() is refused.`);
