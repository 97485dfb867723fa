import type { EntityManager } from 'typeorm';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { maybeCurrentJob } from '../scope/current-job.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { StoredJob } from '../store/new-job.js';
import type { Store } from '../store/store.js';
import type { WakeMessage } from '../store/wake.js';
import { InsertLane } from './insert-lane.js';
import { type JobDraft, storedJob } from './job-draft.js';
import type { JobReader } from './job-reader.js';
import type { TransactionWakes } from './transaction-wakes.js';

/** From a draft to a row, and to those who wait for it. */
export class JobStorage {
  private readonly lane: InsertLane;
  private readonly knownChannels = new Map<string, Promise<void>>();

  constructor(
    private readonly store: Store,
    private readonly reader: JobReader,
    private readonly wakes: TransactionWakes,
  ) {
    this.lane = new InsertLane(store.writer);
  }

  /** Stores drafts, all in one statement; a job whose identity key another one has is answered with that one. */
  async save(drafts: readonly JobDraft[], given: EntityManager | undefined): Promise<QueueJob[]> {
    const manager = this.managerOf(given);
    await this.ensureChannels(drafts);
    const [first] = drafts;
    const keyed = drafts.some(({ job }) => job.identityKey !== null);
    if (manager === undefined && !keyed && drafts.length === 1 && first !== undefined) {
      const stored = await this.lane.insert(first.job);
      this.store.wake.tell(wakeFor([stored]));
      return [storedJob(first, stored)];
    }
    // A key may have to wait for somebody's transaction: that is on the application's connections, not on ours.
    return this.saveMany(drafts, manager ?? (keyed ? this.store.dataSource.manager : undefined));
  }

  private async saveMany(
    drafts: readonly JobDraft[],
    manager: EntityManager | undefined,
  ): Promise<QueueJob[]> {
    const answers = new Map<JobDraft, QueueJob>();
    let open = drafts;
    while (open.length > 0) {
      const rows = await this.store.writer.insert(
        open.map(({ job }) => job),
        manager,
      );
      this.tell(rows, manager);
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

  private async twinOf({ job }: JobDraft, manager: EntityManager | undefined): Promise<QueueJob | undefined> {
    if (job.identityKey === null) return undefined;
    const uuid = await this.store.writer.holderOf(job.identityKey, manager);
    return uuid === null ? undefined : this.reader.find(uuid, manager);
  }

  private tell(rows: readonly StoredJob[], manager: EntityManager | undefined): void {
    if (rows.length === 0) return;
    if (manager === undefined) this.store.wake.tell(wakeFor(rows));
    else this.wakes.tell(wakeFor(rows), manager);
  }

  /**
   * Made before the job, and not in the caller's transaction, which would hold others up. Calls made in one go wait for
   * one and the same answer, so they go on in their order.
   */
  private async ensureChannels(drafts: readonly JobDraft[]): Promise<void> {
    const names = [...new Set(drafts.map(({ job }) => job.channel))];
    const missing = names.filter((name) => !this.knownChannels.has(name));
    if (missing.length > 0) {
      const made = this.store.channels.ensure(missing).catch((error: unknown) => {
        for (const name of missing) this.knownChannels.delete(name);
        throw error;
      });
      for (const name of missing) this.knownChannels.set(name, made);
    }
    for (const name of names) await this.knownChannels.get(name);
  }

  private managerOf(given: EntityManager | undefined): EntityManager | undefined {
    const current = maybeCurrentJob();
    const manager = given ?? (current?.transactional === true ? current.manager : undefined);
    if (manager === undefined || manager.dataSource === this.store.dataSource) return manager;
    if (given === undefined) return undefined;
    throw new InvalidJobOptionError(
      'manager is that of another data source than the one of the queue, so the job could not be stored in its transaction. Give a manager of the data source that QueueJobModule.forRoot({ dataSource }) names.',
    );
  }
}

function wakeFor(rows: readonly StoredJob[]): WakeMessage {
  const message: WakeMessage = {};
  for (const { dueIn } of rows) {
    if (dueIn === null || dueIn <= 0) message.ready = true;
    else message.dueIn = Math.min(message.dueIn ?? Infinity, dueIn);
  }
  return message;
}
