import { IdentityTakenError } from '../errors/identity-taken.error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import type { KeyedCall } from '../store/insert/key-store.js';
import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { JobRow } from '../store/jobs/job-store.js';
import type { Store } from '../store/store.js';
import type { Query } from '../store/connection/database.js';
import type { KeyedAnswer } from './keyed-inserts.js';
import type { StoringTransaction } from './transactions.js';
import { wakeFor } from './wake-messages.js';

/** Whether a call does more with its key than to be dropped where a job waits. */
export const actsOnKey = ({ identityKey, onDuplicate, keyWindow }: NewJob): boolean =>
  identityKey !== null && (onDuplicate !== 'keep' || keyWindow !== null);

/** @throws InvalidJobOptionError where a job is stored together with others that depend on it, or count it */
export function refuseActingKeys(jobs: readonly NewJob[], where: string): void {
  const job = jobs.find(actsOnKey);
  if (job === undefined) return;
  const what = job.keyWindow === null ? `onDuplicate: '${job.onDuplicate}'` : 'a window of its identityKey';
  throw new InvalidJobOptionError(
    `${job.description} has ${what}, which a job ${where} can't have: it is stored with the others or not at all. Leave it out there, or give onDuplicate: 'keep' and another identityScope.`,
  );
}

/** Stores calls that do more with their keys: `onDuplicate`, and windows. */
export class KeyedCalls {
  constructor(private readonly store: Store) {}

  /** In a transaction of its own; a call that is refused is found by halves. */
  async alone(jobs: readonly NewJob[], lockTimeout: number): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const calls = await this.store.keys.call(jobs, lockTimeout);
    mustBeFree(jobs, calls);
    const rows = storedOf(calls);
    if (rows.length > 0) this.store.notifier.publish(wakeFor(rows, jobsOf(jobs, calls)));
    return this.answersOf(calls, undefined);
  }

  async inside(jobs: readonly NewJob[], tx: StoringTransaction): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const calls = await this.store.keys.callIn(jobs, tx.query, tx.manager !== undefined);
    mustBeFree(jobs, calls);
    const rows = storedOf(calls);
    if (rows.length > 0) tx.notify(wakeFor(rows, jobsOf(jobs, calls)));
    return this.answersOf(calls, tx.query);
  }

  private async answersOf(
    calls: readonly KeyedCall[],
    query: Query | undefined,
  ): Promise<ReadonlyMap<string, KeyedAnswer>> {
    const holders = calls.flatMap((call) => {
      if (call.outcome === 'replaced') return [call.stored.uuid];
      return call.outcome === 'kept' ? [call.holder] : [];
    });
    const rows = holders.length === 0 ? [] : await this.store.jobs.find([...new Set(holders)], query);
    const byUuid = new Map(rows.map((row): [unknown, JobRow] => [row.uuid, row]));
    const answers = new Map<string, KeyedAnswer>();
    for (const call of calls) {
      if (call.outcome === 'stored') answers.set(call.uuid, { stored: call.stored });
      // One that was deleted since has no answer, and the call is made again.
      const row = byUuid.get(
        call.outcome === 'replaced' ? call.stored.uuid : 'holder' in call ? call.holder : '',
      );
      if (row === undefined) continue;
      if (call.outcome === 'replaced') answers.set(call.uuid, { replaced: row });
      if (call.outcome === 'kept') answers.set(call.uuid, { twin: row });
    }
    return answers;
  }
}

/** The jobs that were stored or replaced, by their own uuids. */
const jobsOf = (jobs: readonly NewJob[], calls: readonly KeyedCall[]): NewJob[] => {
  const own = new Map(
    calls.flatMap((call) => ('stored' in call ? [[call.uuid, call.stored.uuid] as const] : [])),
  );
  return jobs.flatMap((job) => {
    const uuid = own.get(job.uuid);
    return uuid === undefined ? [] : [{ ...job, uuid }];
  });
};

const storedOf = (calls: readonly KeyedCall[]): StoredJob[] =>
  calls.flatMap((call) => ('stored' in call ? [call.stored] : []));

function mustBeFree(jobs: readonly NewJob[], calls: readonly KeyedCall[]): void {
  for (const call of calls) {
    if (call.outcome !== 'other' && call.outcome !== 'parents') continue;
    const job = jobs.find(({ uuid }) => uuid === call.uuid);
    throw new IdentityTakenError(
      call.outcome === 'other'
        ? `The identity key '${job?.identityKey}' of ${job?.name} is taken by job ${call.holder} of ${call.name}, and onDuplicate: '${job?.onDuplicate}' would change what runs. Give each job function keys of its own.`
        : `Job ${call.holder} of ${call.name} with the identity key '${job?.identityKey}' waits for its parents, whose ends would have to wait for this transaction. Replace it outside of a transaction.`,
    );
  }
}
