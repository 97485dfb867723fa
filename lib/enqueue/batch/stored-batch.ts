import type { EntityManager } from 'typeorm';
import { BatchClosedError } from '../../errors/batch-closed.error.js';
import { BatchNotFoundError } from '../../errors/batch-not-found.error.js';
import { parseMilliseconds } from '../../common/duration.js';
import type { BatchName, BatchRow } from '../../store/batches/batch-store.js';
import { type Query, queryOf } from '../../store/connection/database.js';
import { despiteDeadlocks } from '../../store/connection/retry-on-deadlock.js';
import { ISOLATION } from '../../store/connection/isolation.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { Store } from '../../store/store.js';
import { callerTransaction, inTransaction } from '../caller-transaction.js';
import type { StoreOptions } from '../delayable.types.js';
import type { FinishWatch } from '../../inspect/completion-watcher.js';
import type { Delayables } from '../graph/delayables.js';
import type { DelayableNode } from '../graph/delayable-node.js';
import type { TransactionWakes } from '../transaction-notifications.js';
import { progressOf } from '../../job/batch-progress.js';
import { Batch, type BatchProgress } from './batch.js';

/** What batches are made with. */
export interface BatchWorks {
  readonly store: Store;
  readonly delayables: Delayables;
  readonly wakes: TransactionWakes;
  readonly finishes: FinishWatch<BatchName>;
}

/** A batch in the database. */
export class StoredBatch extends Batch {
  constructor(
    uuid: string,
    name: string,
    private readonly works: BatchWorks,
  ) {
    super(uuid, name);
  }

  override async add<R>(
    nodes: DelayableNode | readonly DelayableNode[],
    options: StoreOptions = {},
  ): Promise<QueueJob<R>[]> {
    const all = [nodes].flat() as readonly DelayableNode[];
    const enter = async (query: Query): Promise<void> => this.enter(query);
    const stored = await this.works.delayables.delay(all, { ...options, batch: { uuid: this.uuid, enter } });
    return all.flatMap((node) => stored.of(node)) as QueueJob<R>[];
  }

  override async close({ manager: given }: StoreOptions = {}): Promise<void> {
    const { store, wakes } = this.works;
    const manager = callerTransaction(store, given) ?? store.dataSource.manager;
    await inTransaction(manager, async (inner) => {
      const query = queryOf(inner);
      const fired = await store.batches.close(this.uuid, query);
      if (fired === null) await this.mustBe(query);
      if (fired !== null && fired > 0) wakes.tell({ ready: true, dueIn: 0 }, inner);
    });
  }

  override async progress(): Promise<BatchProgress> {
    const { store } = this.works;
    const manager = callerTransaction(store, undefined);
    const query = manager === undefined ? undefined : queryOf(manager);
    const [row] = await store.batches.find([this.uuid], query);
    if (row === undefined) throw notFound(this.uuid);
    return toProgress(row);
  }

  override async cancel({ by = 'the application' }: { readonly by?: string } = {}): Promise<void> {
    const { store, wakes } = this.works;
    const caller = callerTransaction(store, undefined);
    const cancel = async (inner: EntityManager): Promise<{ uuid: string; node: number | null }[]> => {
      const query = queryOf(inner);
      const cancelled = await store.batches.cancel(this.uuid, by, query);
      await this.mustBe(query);
      wakes.tell({ ready: true, dueIn: 0 }, inner);
      return cancelled;
    };
    const changed =
      caller === undefined
        ? await despiteDeadlocks(async () => store.dataSource.transaction(ISOLATION, cancel))
        : await inTransaction(caller, cancel);
    const asked = changed.filter(({ node }) => node !== null).map(({ uuid }) => uuid);
    store.wake.tell({ cancel: asked, ended: changed.map(({ uuid }) => uuid) });
  }

  override async finished(options: { readonly timeout?: number | string } = {}): Promise<BatchProgress> {
    const timeout = options.timeout === undefined ? undefined : parseMilliseconds('timeout', options.timeout);
    await this.works.finishes.ended(this.uuid, timeout);
    return this.progress();
  }

  private async mustBe(query: Query): Promise<void> {
    if ((await this.works.store.batches.names([this.uuid], query)).length === 0) throw notFound(this.uuid);
  }

  private async enter(query: Query): Promise<void> {
    const open = await this.works.store.batches.enter(this.uuid, query);
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
