import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { JobRow } from '../store/jobs/job-store.js';
import type { InsertedJobs } from '../store/insert/job-writer.js';
import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { Store } from '../store/store.js';
import { InsertBatcher } from './insert-batcher.js';
import { type JobDraft, storedJob } from './job-draft.js';
import type { JobReader } from '../inspect/job-reader.js';
import { type KeyedAnswer, KeyedInserts } from './keyed-inserts.js';
import { actsOnKey, KeyedCalls } from './keyed-calls.js';
import type { KnownChannels } from './known-channels.js';
import type { StoringTransaction, Transactions } from './transactions.js';
import { readyJobsOf } from '../store/notify/ready-jobs.js';
import { wakeFor } from './wake-messages.js';

/** From a draft to a row, and to those who wait for it. */
export class JobStorage {
  private readonly batcher: InsertBatcher;
  private readonly keyed: KeyedInserts;
  private readonly calls: KeyedCalls;
  private readonly acting: KeyedInserts;

  constructor(
    private readonly store: Store,
    private readonly reader: JobReader,
    private readonly transactions: Transactions,
    private readonly channels: KnownChannels,
  ) {
    this.batcher = new InsertBatcher((jobs) => this.insertAlone(jobs));
    this.calls = new KeyedCalls(store);
    const rowOf = async (uuid: string): Promise<JobRow | undefined> => (await store.jobs.find([uuid]))[0];
    this.acting = new KeyedInserts(
      transactions.contended,
      (jobs, lockTimeout) => this.calls.alone(jobs, lockTimeout),
      rowOf,
    );
    this.keyed = new KeyedInserts(
      transactions.contended,
      (jobs, lockTimeout) => this.insertKeyed(jobs, lockTimeout),
      rowOf,
    );
  }

  /** Stores drafts, all in one transaction; a job whose identity key another one has is answered with that one. */
  async save(drafts: readonly JobDraft[], caller: StoringTransaction | undefined): Promise<QueueJob[]> {
    const [first] = drafts;
    if (first === undefined) return [];
    await this.channels.ensure(drafts.map(({ job }) => job));
    const isKeyed = drafts.some(({ job }) => job.identityKey !== null);
    if (caller === undefined && drafts.length === 1) {
      return [
        isKeyed ? await this.saveOneKeyed(first) : storedJob(first, await this.batcher.insert(first.job)),
      ];
    }
    if (isKeyed) {
      const answers = await this.transactions.run(caller, async (tx) => this.insertWithTwins(drafts, tx));
      return Promise.all(
        drafts.map(async (draft) => this.answer(draft, answers.get(draft.job.uuid), caller)),
      );
    }
    const jobs = drafts.map(({ job }) => job);
    const rows = caller === undefined ? await this.insertAlone(jobs) : await this.insertIn(caller, jobs);
    const stored = new Map(rows.map((row) => [row.uuid, row]));
    return drafts.map((draft) => storedJob(draft, stored.get(draft.job.uuid) as StoredJob));
  }

  private async saveOneKeyed(draft: JobDraft): Promise<QueueJob> {
    const inserts = actsOnKey(draft.job) ? this.acting : this.keyed;
    return this.answer(draft, await inserts.insert(draft.job), undefined);
  }

  /** Entities of a twin are read when nothing is locked any more, or through the transaction of the caller. */
  private async answer(
    draft: JobDraft,
    answer: KeyedAnswer | undefined,
    caller: StoringTransaction | undefined,
  ): Promise<QueueJob> {
    if (answer === undefined) throw new Error(`Job ${draft.job.uuid} was not stored`);
    if ('stored' in answer) return storedJob(draft, answer.stored);
    const replaced = 'replaced' in answer;
    const twin = await this.reader.read(replaced ? answer.replaced : answer.twin, caller?.manager);
    return Object.assign(twin, { deduplicated: !replaced, replaced });
  }

  /** A key that was taken and let go at that moment is retried. */
  private async insertWithTwins(
    drafts: readonly JobDraft[],
    tx: StoringTransaction,
  ): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const answers = new Map<string, KeyedAnswer>();
    let open = drafts.map(({ job }) => job);
    while (open.length > 0) {
      const acting = open.filter(actsOnKey);
      const others = open.filter((job) => !actsOnKey(job));
      const rows = others.length === 0 ? [] : await this.insertIn(tx, others);
      const found = new Map(await this.answersOf(others, rows, tx));
      if (acting.length > 0)
        for (const [uuid, answer] of await this.calls.inside(acting, tx)) found.set(uuid, answer);
      for (const [uuid, answer] of found) answers.set(uuid, answer);
      open = open.filter(({ uuid }) => !found.has(uuid));
    }
    return answers;
  }

  private async insertKeyed(
    jobs: readonly NewJob[],
    lockTimeout: number,
  ): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const rows = await this.store.writer.insertKeyed(jobs, lockTimeout);
    if (rows.length > 0) this.store.notifier.publish(wakeFor(rows, jobs));
    return this.answersOf(jobs, rows, undefined);
  }

  /** Those that were stored, and the twins of the others, which may be among the former. */
  private async answersOf(
    jobs: readonly NewJob[],
    rows: readonly StoredJob[],
    tx: StoringTransaction | undefined,
  ): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const answers = new Map<string, KeyedAnswer>(rows.map((row) => [row.uuid, { stored: row }]));
    const others = jobs.filter(({ uuid }) => !answers.has(uuid));
    if (others.length === 0) return answers;
    const keys = [...new Set(others.map(({ identityKey }) => identityKey as string))];
    // A twin among these very jobs counts, whether it has been claimed by now or not.
    const holders = new Map(await this.store.writer.holdersOf(keys, tx?.query));
    for (const { uuid, identityKey } of jobs)
      if (identityKey !== null && answers.has(uuid)) holders.set(identityKey, uuid);
    const twins = await this.store.jobs.find([...new Set(holders.values())], tx?.query);
    const byUuid = new Map(twins.map((twin): [unknown, JobRow] => [twin.uuid, twin]));
    for (const { uuid, identityKey } of others) {
      const twin = byUuid.get(holders.get(identityKey as string));
      if (twin !== undefined) answers.set(uuid, { twin });
    }
    return answers;
  }

  private async insertIn(tx: StoringTransaction, jobs: readonly NewJob[]): Promise<readonly StoredJob[]> {
    const rows = await this.store.writer.insert(jobs, tx.query);
    if (rows.length > 0) tx.notify(wakeFor(rows, jobs));
    return rows;
  }

  /** In a transaction of our own; the runner of this process may take them at once. */
  private async insertAlone(jobs: readonly NewJob[]): Promise<readonly StoredJob[]> {
    const { localDispatch, notifier, writer } = this.store;
    const ready = notifier.stamp(readyJobsOf(jobs.filter(isReady)));
    const insert = async (notification: string | null): Promise<InsertedJobs> =>
      writer.insertAlone(jobs, notification);
    const { rows, notified, claimed } = await (ready.length > 0
      ? notifier.attach<InsertedJobs>(
          ready,
          (notification) => localDispatch.offer(jobs, notification) ?? insert(notification),
        )
      : insert(null));
    if (claimed === true) return rows;
    if (ready.length > 0) notifier.publishLocal({ jobs: ready });
    if (ready.length > 0 && !notified) notifier.publishRemote({ jobs: ready });
    // One whose eta had passed when it was stored is ready as well.
    notifier.publish(
      wakeFor(
        rows,
        jobs.filter((job) => !isReady(job)),
      ),
    );
    return rows;
  }
}

/** Whether a job is ready as soon as it is stored. */
const isReady = ({ etaIn, etaAt, waits }: NewJob): boolean => etaIn === null && etaAt === null && !waits;
