import type { EntityManager } from 'typeorm';
import type { TransactionSource } from '../queue-job.options.js';
import { checkInput } from '../job/input-schema.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import { NothingToDoJob } from '../errors/nothing-to-do-job.error.js';
import { type CurrentJob, runAsJob } from '../execution-context/current-job.js';
import { ISOLATION } from '../store/connection/isolation.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Store } from '../store/store.js';
import { type JobDraft, storedJob } from './job-draft.js';
import type { StoringTransaction } from './transactions.js';

/** What a job that runs at once finds. */
export interface InlineOptions {
  /** The transaction that it is called in, and is a part of. */
  readonly caller?: StoringTransaction | undefined;
  readonly parentResults?: () => Promise<unknown[]>;
  /** See {@link TransactionSource}. */
  readonly enter?: TransactionSource['enter'];
}

/**
 * Runs a job here and now, without storing it: for tests and for debugging (Odoo's `TEST_QUEUE_JOB_NO_DELAY`). The
 * arguments go through the codec all the same, so that what could not be delayed shows. An error is the caller's.
 */
export async function runInline(
  draft: JobDraft,
  store: Store,
  codec: ArgumentCodec,
  { caller, parentResults = () => Promise.resolve([]), enter = (_, work) => work() }: InlineOptions = {},
): Promise<QueueJob> {
  const { fn } = draft;
  const now = new Date();
  const job = storedJob(draft, { uuid: draft.job.uuid, seq: 0, dateCreated: now, eta: null, dueIn: null });
  const run = async (manager: EntityManager): Promise<unknown> => {
    const read = await codec.decode(draft.job.args, {
      missing: fn.options.missing ?? 'throw',
      through: manager,
      uuid: job.uuid,
    });
    const args = fn.options.schema === undefined ? read : checkInput(fn.options.schema, read, fn.name);
    Object.assign(job, { args: [...args], state: 'started', retry: 1, dateEnqueued: now, dateStarted: now });
    const current: CurrentJob = {
      job,
      signal: new AbortController().signal,
      manager,
      transactional: fn.options.transactional === true,
      tick: null,
      log: () => undefined,
      progress: () => undefined,
      postpone: () => undefined,
      holdChannel: async () => Promise.resolve(),
      parentResults,
    };
    return runAsJob(current, async () => fn.invoke(fn.methodName, args, () => job));
  };
  let result: unknown;
  try {
    if (caller?.manager !== undefined) result = await run(caller.manager);
    else if (fn.options.transactional === true)
      result = await store.dataSource.transaction(ISOLATION, async (manager) =>
        enter(manager, async () => run(manager)),
      );
    else result = await run(store.dataSource.manager);
  } catch (error) {
    if (!(error instanceof NothingToDoJob)) throw error;
    result = error.message;
  }
  const text = codec.encodeValue(result, 'result');
  const ended = new Date();
  return Object.assign(job, {
    state: 'done',
    result: await codec.decodeValue(text, 'result', { through: caller?.manager }),
    dateDone: ended,
    execTime: (ended.getTime() - now.getTime()) / 1000,
  });
}
