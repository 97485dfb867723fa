import { BatchClosedError } from '../../errors/batch-closed.error.js';
import { BatchNotFoundError } from '../../errors/batch-not-found.error.js';
import { type ActorOptions, checkActor } from '../../common/call-checks.js';
import { checkObject } from '../../common/option-checks.js';
import { MAX_TIMER_MS, parseMilliseconds } from '../../common/duration.js';
import { type BatchName, type BatchRow, LEFT } from '../../store/batches/batch-store.js';
import type { Query } from '../../store/connection/database.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { Store } from '../../store/store.js';
import type { StoreOptions } from '../delayable.types.js';
import type { CompletionWatcher } from '../../inspect/completion-watcher.js';
import type { Delayables } from '../graph/delayables.js';
import type { DelayableNode } from '../graph/delayable-node.js';
import type { StoringTransaction, Transactions } from '../transactions.js';
import type { JobTracing } from '../../job/job-tracing.js';
import { progressOf } from '../../job/batch-progress.js';
import { Batch, type BatchProgress } from './batch.js';

/** What batches are made with. */
export interface BatchServices {
  readonly store: Store;
  readonly delayables: Delayables;
  readonly transactions: Transactions;
  readonly completions: CompletionWatcher<BatchName>;
  readonly tracing: JobTracing | undefined;
}

/** A batch in the database. */
export class StoredBatch extends Batch {
  constructor(
    uuid: string,
    name: string,
    private readonly services: BatchServices,
  ) {
    super(uuid, name);
  }

  override async add<R>(
    nodes: DelayableNode | readonly DelayableNode[],
    options: StoreOptions = {},
  ): Promise<QueueJob<R>[]> {
    const { manager } = options;
    // Without one, the jobs may have been built with one.
    const caller = manager === undefined ? undefined : this.services.transactions.callers(manager);
    return (await this.addIn(caller, nodes)) as QueueJob<R>[];
  }

  /** In this transaction, or in one of its own. */
  async addIn(
    tx: StoringTransaction | undefined,
    nodes: DelayableNode | readonly DelayableNode[],
  ): Promise<QueueJob[]> {
    const all = [nodes].flat() as readonly DelayableNode[];
    const enter = async (query: Query): Promise<void> => this.enter(query);
    const stored = await this.services.delayables.delay(all, { tx, batch: { uuid: this.uuid, enter } });
    return all.flatMap((node) => stored.of(node));
  }

  override async close({ manager }: StoreOptions = {}): Promise<void> {
    const { transactions } = this.services;
    await transactions.run(transactions.callers(manager), async (tx) => this.closeIn(tx));
  }

  async closeIn(tx: StoringTransaction): Promise<void> {
    const { batches } = this.services.store;
    await tx.waitFor(async (query) => batches.lock(this.uuid, query));
    const fired = await batches.close(this.uuid, tx.query);
    if (fired === null) await this.mustBe(tx.query);
    if (fired === LEFT) tx.followUp();
    if (fired !== null && fired > 0) tx.notify({ ready: true, dueIn: 0 });
  }

  override async progress(): Promise<BatchProgress> {
    const { store, transactions } = this.services;
    const [row] = await store.batches.find([this.uuid], transactions.callers()?.query);
    if (row === undefined) throw notFound(this.uuid);
    return toProgress(row);
  }

  override async cancel(options: ActorOptions = {}): Promise<void> {
    const by = checkActor(checkObject('cancel()', options));
    const { store, transactions } = this.services;
    await transactions.run(transactions.callers(), async (tx) => {
      await tx.waitFor(async (query) => store.batches.lock(this.uuid, query));
      const cancelled = await store.batches.cancel(this.uuid, by, tx.query);
      await this.mustBe(tx.query);
      if (options.by !== undefined) {
        const record = { actor: by, action: 'batches.cancel', target: this.uuid, details: { ended: true } };
        await store.audit.write(record, tx.query);
      }
      tx.followUp();
      const asked = cancelled.filter(({ node }) => node !== null).map(({ uuid }) => uuid);
      tx.notify({ ready: true, dueIn: 0, cancel: asked, ended: cancelled.map(({ uuid }) => uuid) });
    });
  }

  override async finished(options: { readonly timeout?: number | string } = {}): Promise<BatchProgress> {
    const timeout =
      options.timeout === undefined ? undefined : parseMilliseconds('timeout', options.timeout, MAX_TIMER_MS);
    await this.services.completions.ended(this.uuid, timeout);
    return this.progress();
  }

  private async mustBe(query: Query): Promise<void> {
    if ((await this.services.store.batches.names([this.uuid], query)).length === 0) throw notFound(this.uuid);
  }

  private async enter(query: Query): Promise<void> {
    const open = await this.services.store.batches.enter(this.uuid, query);
    if (open === null) throw notFound(this.uuid);
    if (!open) {
      throw new BatchClosedError(
        `Batch ${this.name} (${this.uuid}) is closed, so nothing can be added to it. Close a batch once all of its jobs are added, or make another one.`,
      );
    }
  }
}

export const notFound = (uuid: string): BatchNotFoundError =>
  new BatchNotFoundError(
    `There is no batch ${uuid}: its transaction has not committed or was rolled back, or it was removed after its end.`,
  );

/** What users see of a batch. */
export function toProgress({ counts, ...row }: BatchRow): BatchProgress {
  return { ...row, ...progressOf(counts, row.state === 'open') };
}
