import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { JobOptions } from '../job/job-options.js';
import type { FailureHandlers } from '../registry/failure-handlers.js';
import type { JobTracing } from '../job/job-tracing.js';
import type { JobFunction } from '../registry/job-function.js';
import type { JobRegistry } from '../registry/job-registry.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { BatchName } from '../store/batches/batch-store.js';
import type { JobRow } from '../store/jobs/job-store.js';
import type { Store } from '../store/store.js';
import { Batches } from '../enqueue/batch/batches.js';
import { notFound } from '../enqueue/batch/stored-batch.js';
import type { BatchEntry, MemberOptions, StoreOptions } from '../enqueue/delayable.types.js';
import { CompletionWatcher } from '../inspect/completion-watcher.js';
import { jobCompletions } from '../inspect/job-completions.js';
import { Delayables } from '../enqueue/graph/delayables.js';
import type { GraphDraft } from '../enqueue/graph/graph-draft.js';
import { GraphStorage } from '../enqueue/graph/graph-storage.js';
import { runGraphInline } from '../enqueue/graph/inline-graph.js';
import { ForgottenDelayables } from '../enqueue/graph/forgotten-delayables.js';
import { refuseActingKeys } from '../enqueue/keyed-calls.js';
import { JobDrafter, type DraftSettings, type JobDraft } from '../enqueue/job-draft.js';
import { JobExplainer } from '../inspect/explain/job-explainer.js';
import { JobReader } from '../inspect/job-reader.js';
import { JobUpdates } from '../enqueue/job-updates.js';
import { JobStorage } from '../enqueue/job-storage.js';
import { JobActions } from '../inspect/job-actions.js';
import { KnownChannels } from '../enqueue/known-channels.js';
import { type EntityUrl, RelatedActionReader } from '../inspect/related-action-reader.js';
import { isOpen } from '../enqueue/ambient-manager.js';
import type { TransactionSource } from '../queue-job.options.js';
import { checkRequiredTransaction } from '../enqueue/required-transaction.js';
import { FailureReports } from '../enqueue/failure-report.js';
import { type InlineOptions, runInline } from '../enqueue/inline-execution.js';
import { traced, withTrace } from '../enqueue/traced-calls.js';
import { eventOfJob } from '../job/job-event.js';
import { type StoringTransaction, Transactions } from '../enqueue/transactions.js';

/** How calls find the transaction that they belong to. */
export interface TransactionSettings {
  readonly source: TransactionSource | undefined;
  /** Whether every call needs one, unless its `@Job()` says otherwise. */
  readonly required: boolean;
}

/** What the queue service is made of. */
export class QueueParts {
  readonly reader: JobReader;
  readonly explainer: JobExplainer;
  readonly actions: JobActions;
  readonly completions: CompletionWatcher<JobRow>;
  readonly batches: Batches;
  private readonly batchCompletions: CompletionWatcher<BatchName>;
  readonly relatedActions: RelatedActionReader;
  readonly delayables: Delayables;
  private readonly drafter: JobDrafter;
  private readonly failures: FailureReports;
  readonly transactions: Transactions;
  readonly updates: JobUpdates;
  private readonly storage: JobStorage;
  private readonly graphs: GraphStorage;
  /** Called with the jobs of each call that stored some; a test sets it. */
  stored: ((jobs: readonly QueueJob[]) => void) | undefined;

  constructor(
    readonly store: Store,
    readonly registry: JobRegistry,
    readonly codec: ArgumentCodec,
    private readonly overrides: FunctionOverrides,
    settings: DraftSettings,
    entityUrl: EntityUrl | undefined,
    handlers: FailureHandlers,
    private readonly transactionSettings: TransactionSettings,
    readonly tracing?: JobTracing,
  ) {
    this.reader = new JobReader(store.jobs, store.search, codec);
    this.explainer = new JobExplainer(store);
    this.actions = new JobActions(store);
    this.completions = new CompletionWatcher(jobCompletions(store.jobs), store.notifier, true);
    this.batchCompletions = new CompletionWatcher(
      {
        what: 'Batch',
        find: async (uuids) => store.batches.names(uuids),
        hasEnded: ({ state }) => state === 'ended',
        notFound,
      },
      store.notifier,
      false,
    );
    this.relatedActions = new RelatedActionReader(registry, this.reader, codec, entityUrl);
    this.drafter = new JobDrafter(codec, overrides, settings);
    this.failures = new FailureReports(this.drafter, handlers);
    this.transactions = new Transactions(store, transactionSettings.source);
    const channels = new KnownChannels(store.channels);
    this.updates = new JobUpdates(store, codec, channels);
    this.storage = new JobStorage(store, this.reader, this.transactions, channels);
    this.graphs = new GraphStorage(store, this.reader, this.transactions, channels);
    this.delayables = new Delayables(
      {
        draft: ({ fn, args, options }) => this.draftOf(fn, args, options),
        save: async (graphs, options) => {
          const jobs = await this.traceGraphs(graphs, options);
          this.stored?.([...jobs.values()]);
          return jobs;
        },
      },
      new ForgottenDelayables(),
    );
    this.batches = new Batches(
      {
        store,
        delayables: this.delayables,
        transactions: this.transactions,
        completions: this.batchCompletions,
        tracing,
      },
      channels,
      codec,
      settings,
    );
  }

  draft(provider: object, methodName: string, args: readonly unknown[], options: JobOptions): JobDraft {
    return this.draftOf(this.registry.functionOf(provider, methodName), args, options);
  }

  draftOf(fn: JobFunction, args: readonly unknown[], options: JobOptions): JobDraft {
    return this.drafter.draft(fn, args, options);
  }

  /** Stores drafts, or runs them where that is what they ask for. */
  async save(drafts: readonly JobDraft[], { manager }: StoreOptions): Promise<QueueJob[]> {
    const jobs = await traced(this.tracing, drafts, async (trace) => {
      const caller = this.transactions.callers(manager);
      this.checkTransaction(drafts, caller);
      return this.saveIn(
        caller,
        drafts.map((draft) => withTrace(draft, trace)),
      );
    });
    this.stored?.(jobs);
    return jobs;
  }

  private async saveIn(
    caller: StoringTransaction | undefined,
    drafts: readonly JobDraft[],
  ): Promise<QueueJob[]> {
    if (!drafts.some(({ noDelay }) => noDelay)) return this.storeJobs(drafts, caller);
    const jobs: QueueJob[] = [];
    for (const draft of drafts) {
      if (draft.noDelay) jobs.push(await this.runInline(draft, { caller }));
      else jobs.push(...(await this.storeJobs([draft], caller)));
    }
    return jobs;
  }

  private async traceGraphs(
    graphs: readonly GraphDraft[],
    options: MemberOptions,
  ): Promise<ReadonlyMap<string, QueueJob>> {
    const drafts = graphs.flatMap((graph) => graph.drafts);
    return traced(this.tracing, drafts, async (trace) => {
      const inTrace = (graph: GraphDraft): GraphDraft =>
        trace === null ? graph : { ...graph, drafts: graph.drafts.map((draft) => withTrace(draft, trace)) };
      return this.saveGraphs(graphs.map(inTrace), options);
    });
  }

  /** @throws TransactionRequiredError if one of them is to be stored in a transaction of the application, and there is none */
  private checkTransaction(drafts: readonly JobDraft[], caller: StoringTransaction | undefined): void {
    if (caller?.manager !== undefined && isOpen(caller.manager)) return;
    checkRequiredTransaction(drafts, this.transactionSettings.required);
  }

  private async storeJobs(
    drafts: readonly JobDraft[],
    caller: StoringTransaction | undefined,
  ): Promise<QueueJob[]> {
    const jobs = await this.storage.save(drafts, caller);
    this.tellStored(jobs, caller);
    return jobs;
  }

  /** After the commit. */
  private tellStored(jobs: readonly QueueJob[], caller: StoringTransaction | undefined): void {
    const { events: listeners, notifier } = this.store;
    if (!listeners.wanted) return;
    const events = jobs
      .filter(({ deduplicated }) => deduplicated !== true)
      .map((job) => eventOfJob('enqueued', job));
    if (caller === undefined) notifier.publishLocal({ events });
    else caller.notify({ events });
  }

  /** Stores graphs whole, or runs those that ask for it; answers by the uuids of the drafts. */
  private async saveGraphs(
    graphs: readonly GraphDraft[],
    { manager, batch, tx }: MemberOptions,
  ): Promise<ReadonlyMap<string, QueueJob>> {
    const caller = tx ?? this.transactions.callers(manager);
    const drafts = graphs.flatMap((graph) => graph.drafts);
    this.checkTransaction(drafts, caller);
    if (drafts.length === graphs.length && batch === undefined) {
      const jobs = await this.saveIn(caller, drafts);
      return new Map(drafts.map(({ job }, at) => [job.uuid, jobs[at] as QueueJob]));
    }
    const together = graphs.filter((graph) => batch !== undefined || graph.drafts.length > 1);
    refuseActingKeys(
      together.flatMap((graph) => graph.drafts.map(({ job }) => job)),
      'of a graph or a batch',
    );
    const answers = new Map<string, QueueJob>();
    const inline = graphs.filter(
      (graph) => batch?.ran !== undefined || graph.drafts.some(({ noDelay }) => noDelay),
    );
    for (const graph of inline) {
      const ran = await runGraphInline(
        inBatch(graph, batch?.ran && batch),
        this.codec,
        async (draft, parentResults) => counted(this.runInline(draft, { caller, parentResults }), batch),
        caller,
      );
      for (const [uuid, job] of ran) answers.set(uuid, job);
    }
    const stored = graphs.filter((graph) => !inline.includes(graph));
    if (stored.length === 0) return answers;
    const members = stored.map((graph) => inBatch(graph, batch));
    const saved = await this.graphs.save(members, caller, batch?.enter);
    this.tellStored([...saved.values()], caller);
    for (const [uuid, job] of saved) answers.set(uuid, job);
    return answers;
  }

  private async runInline(draft: JobDraft, options: InlineOptions): Promise<QueueJob> {
    const run = async (one: JobDraft, given: InlineOptions): Promise<QueueJob> =>
      runInline(one, this.store, this.codec, { ...given, enter: this.transactionSettings.source?.enter });
    try {
      return await run(draft, options);
    } catch (error) {
      const { caller } = options;
      await this.failures.reportInline(draft, error, async (report) => run(report, { caller }));
      throw error;
    }
  }

  async close(): Promise<void> {
    this.completions.close();
    this.batchCompletions.close();
    this.transactions.close();
    this.overrides.close();
    await this.store.close();
  }
}

/** The graph with its jobs as members. */
function inBatch(graph: GraphDraft, batch: BatchEntry | undefined): GraphDraft {
  if (batch === undefined) return graph;
  const drafts = graph.drafts.map((draft) => ({ ...draft, job: { ...draft.job, batchUuid: batch.uuid } }));
  return { ...graph, drafts };
}

/** Tells the batch how a job that runs at once has ended. */
async function counted(running: Promise<QueueJob>, batch: BatchEntry | undefined): Promise<QueueJob> {
  try {
    const job = await running;
    batch?.ran?.('done');
    return job;
  } catch (error) {
    batch?.ran?.('failed');
    throw error;
  }
}
