import { JobNotFoundError } from '../../errors/job-not-found.error.js';
import type { Query } from '../../store/connection/database.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { JobRow } from '../../store/jobs/job-store.js';
import type { StoredJob } from '../../store/insert/new-job.js';
import type { Store } from '../../store/store.js';
import { notFound } from '../../inspect/job-completions.js';
import { storedJob } from '../job-draft.js';
import type { JobReader } from '../../inspect/job-reader.js';
import type { KnownChannels } from '../known-channels.js';
import type { StoringTransaction, Transactions } from '../transactions.js';
import type { NotifierMessage } from '../../store/notify/notifier-message.js';
import { wakeFor } from '../wake-messages.js';
import type { GraphDraft } from './graph-draft.js';
import { type IdentityPlan, planIdentities } from './identity-plan.js';

/** What a transaction has stored. */
interface Written {
  readonly plan: IdentityPlan;
  readonly rows: ReadonlyMap<string, StoredJob>;
}

/** Stores graphs whole: all of their jobs and dependencies in one transaction, one statement a table. */
export class GraphStorage {
  constructor(
    private readonly store: Store,
    private readonly reader: JobReader,
    private readonly transactions: Transactions,
    private readonly channels: KnownChannels,
  ) {}

  /**
   * Returns the jobs by the uuids of their drafts; a graph that is there already, with its twins. `enter` comes first
   * in the transaction.
   */
  async save(
    graphs: readonly GraphDraft[],
    caller: StoringTransaction | undefined,
    enter?: (query: Query) => Promise<void>,
  ): Promise<ReadonlyMap<string, QueueJob>> {
    const jobs = graphs.flatMap(({ drafts }) => drafts.map(({ job }) => job));
    await this.channels.ensure(jobs);
    const mayWait = enter !== undefined || jobs.some(({ identityKey }) => identityKey !== null);
    if (caller === undefined && !mayWait) {
      const written = await this.store.database.transaction((query) => this.write(graphs, query));
      this.store.notifier.publish(wakeOf(written));
      return this.answers(written, []);
    }
    const { written, twins } = await this.transactions.run(caller, async (tx) => {
      await enter?.(tx.query);
      const stored = await this.write(graphs, tx.query);
      tx.notify(wakeOf(stored));
      return { written: stored, twins: await this.twinsOf(stored, tx.query) };
    });
    return this.answers(written, twins, caller);
  }

  /**
   * The keys are looked up first. Where another transaction takes one of them between that look and the INSERT, its row
   * is left out of that one, and the plan is made again: what is stored may have become a graph that is there already.
   */
  private async write(graphs: readonly GraphDraft[], query: Query): Promise<Written> {
    const { writer } = this.store;
    const keys = graphs.flatMap(({ drafts }) =>
      drafts.map(({ job }) => job.identityKey).filter((key) => key !== null),
    );
    const holders =
      keys.length > 0 ? await writer.holdersOf(keys, query, { now: true }) : new Map<string, string>();
    const rows = new Map<string, StoredJob>();
    for (;;) {
      const plan = planIdentities(graphs, holders);
      const planned = new Map(
        plan.stored.flatMap(({ drafts }) => drafts.map(({ job }) => [job.uuid, job] as const)),
      );
      const surplus = [...rows.keys()].filter((uuid) => !planned.has(uuid));
      if (surplus.length > 0) await this.store.graphs.unstore(surplus, query);
      for (const uuid of surplus) rows.delete(uuid);

      const missing = [...planned.values()].filter(({ uuid }) => !rows.has(uuid));
      if (missing.length > 0) {
        for (const row of await writer.insert(missing, query)) rows.set(row.uuid, row);
      }
      const dropped = missing.filter(({ uuid }) => !rows.has(uuid));
      if (dropped.length === 0) {
        const dependencies = plan.stored.flatMap((graph) => graph.dependencies);
        if (dependencies.length > 0) await this.store.graphs.link(dependencies, query);
        return { plan, rows };
      }
      const found = await writer.holdersOf(
        dropped.map(({ identityKey }) => identityKey as string),
        query,
      );
      // A key that nobody has any more was let go between the two statements: it is retried.
      for (const [key, uuid] of found) holders.set(key, uuid);
    }
  }

  /** The rows of twins that were there before. */
  private async twinsOf({ plan, rows }: Written, query: Query): Promise<JobRow[]> {
    const elsewhere = new Set([...plan.twins.values()].filter((twin) => !rows.has(twin)));
    return elsewhere.size === 0 ? [] : this.store.jobs.find([...elsewhere], query);
  }

  /** Entities of twins are read when nothing is locked any more, or through the transaction of the caller. */
  private async answers(
    { plan, rows }: Written,
    twins: readonly JobRow[],
    caller?: StoringTransaction,
  ): Promise<ReadonlyMap<string, QueueJob>> {
    const answers = new Map<string, QueueJob>();
    for (const draft of plan.stored.flatMap(({ drafts }) => drafts))
      answers.set(draft.job.uuid, storedJob(draft, rows.get(draft.job.uuid) as StoredJob));
    const own = new Map(answers);
    const read = await this.reader.readAll(twins, caller?.manager);
    const others = new Map(read.map((job) => [job.uuid, job]));
    for (const [uuid, twin] of plan.twins) {
      const job = own.get(twin) ?? others.get(twin);
      if (job === undefined) throw new JobNotFoundError(notFound(twin));
      answers.set(uuid, own.has(twin) ? job : Object.assign(job, { deduplicated: true }));
    }
    return answers;
  }
}

/** What to tell the runners of the jobs that wait for no other. */
function wakeOf({ plan, rows }: Written): NotifierMessage {
  const jobs = plan.stored
    .flatMap(({ drafts }) => drafts.map(({ job }) => job))
    .filter(({ waits }) => !waits);
  return wakeFor(
    jobs.map(({ uuid }) => rows.get(uuid) as StoredJob),
    jobs,
  );
}
