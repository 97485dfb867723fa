import type { EntityManager } from 'typeorm';
import { queryOf } from '../store/connection/database.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Written } from '../store/insert/job-writer.js';
import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { Store } from '../store/store.js';
import { callerTransaction } from './caller-transaction.js';
import { InsertLane } from './insert-batcher.js';
import { type JobDraft, storedJob } from './job-draft.js';
import type { JobReader } from '../inspect/job-reader.js';
import type { KnownChannels } from './known-channels.js';
import { type TransactionWakes, wakeFor } from './transaction-notifications.js';

/** From a draft to a row, and to those who wait for it. */
export class JobStorage {
  private readonly lane: InsertLane;

  constructor(
    private readonly store: Store,
    private readonly reader: JobReader,
    private readonly wakes: TransactionWakes,
    private readonly channels: KnownChannels,
  ) {
    this.lane = new InsertLane((jobs) => this.insertAlone(jobs));
  }

  /** Stores drafts, all in one statement; a job whose identity key another one has is answered with that one. */
  async save(drafts: readonly JobDraft[], given: EntityManager | undefined): Promise<QueueJob[]> {
    const manager = callerTransaction(this.store, given);
    const [first] = drafts;
    if (first === undefined) return [];
    await this.channels.ensure(drafts.map(({ job }) => job));
    const keyed = drafts.some(({ job }) => job.identityKey !== null);
    if (manager === undefined && !keyed && drafts.length === 1) {
      return [storedJob(first, await this.lane.insert(first.job))];
    }
    if (!keyed) {
      const jobs = drafts.map(({ job }) => job);
      const rows =
        manager === undefined ? await this.insertAlone(jobs) : await this.insertThrough(manager, jobs);
      const stored = new Map(rows.map((row) => [row.uuid, row]));
      return drafts.map((draft) => storedJob(draft, stored.get(draft.job.uuid) as StoredJob));
    }
    // A key may have to wait for somebody's transaction: that is on the application's connections, not on ours.
    return this.saveKeyed(drafts, manager ?? this.store.dataSource.manager);
  }

  private async saveKeyed(drafts: readonly JobDraft[], manager: EntityManager): Promise<QueueJob[]> {
    const answers = new Map<JobDraft, QueueJob>();
    let open = drafts;
    while (open.length > 0) {
      const rows = await this.insertThrough(
        manager,
        open.map(({ job }) => job),
      );
      const stored = new Map(rows.map((row) => [row.uuid, row]));
      const left: JobDraft[] = [];
      const ownTwins = new Map<string, () => QueueJob>();
      for (const draft of open) {
        const row = stored.get(draft.job.uuid);
        const key = draft.job.identityKey;
        if (row !== undefined) {
          answers.set(draft, storedJob(draft, row));
          if (key !== null) ownTwins.set(key, () => storedJob(draft, row));
          continue;
        }
        // Where one of this very call has the key, no matter whether it has been claimed by now.
        const twin = ownTwins.get(key ?? '')?.() ?? (await this.twinOf(draft, manager));
        if (twin === undefined) left.push(draft);
        else answers.set(draft, Object.assign(twin, { deduplicated: true }));
      }
      // The job that had the key was claimed between the two statements: the key is free now.
      open = left;
    }
    return drafts.map((draft) => answers.get(draft) as QueueJob);
  }

  private async twinOf({ job }: JobDraft, manager: EntityManager): Promise<QueueJob | undefined> {
    if (job.identityKey === null) return undefined;
    const uuid = await this.store.writer.holderOf(job.identityKey, queryOf(manager));
    return uuid === null ? undefined : this.reader.find(uuid, manager);
  }

  private async insertThrough(
    manager: EntityManager,
    jobs: readonly NewJob[],
  ): Promise<readonly StoredJob[]> {
    const rows = await this.store.writer.insert(jobs, queryOf(manager));
    if (rows.length > 0) this.wakes.tell(wakeFor(rows), manager);
    return rows;
  }

  /** In a transaction of our own; the runner of this process may take them at once. */
  private async insertAlone(jobs: readonly NewJob[]): Promise<readonly StoredJob[]> {
    const { handOver, wake, writer } = this.store;
    const ready = jobs.some(({ etaIn, etaAt, waits }) => etaIn === null && etaAt === null && !waits);
    const insert = async (notice: string | null): Promise<Written> => writer.insertAlone(jobs, notice);
    const { rows, told, taken } = await (ready
      ? wake.ride<Written>((notice) => handOver.offer(jobs, notice) ?? insert(notice))
      : insert(null));
    if (taken === true) return rows;
    const message = wakeFor(rows);
    wake.tellHere(message);
    const { ready: _, ...rest } = message;
    wake.tellOthers(told ? rest : message);
    return rows;
  }
}
