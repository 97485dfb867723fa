import type { EntityManager } from 'typeorm';
import type { JobOptions } from '../job/job-options.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Query } from '../store/connection/database.js';
import type { DelayableJob } from './graph/delayable-job.js';
import type { StoringTransaction } from './transactions.js';

/** Any method; its own arguments and result are found by inference. */
type Method = (...args: never[]) => unknown;

/** The names of the public methods of a class. */
export type MethodNames<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T];

/** What a method's promise resolves to. */
export type ResultOf<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never;

type ArgumentsOf<M> = M extends (...args: infer A) => unknown ? A : never;

/**
 * The methods of a provider, each storing a call to itself as a job (the seed's `DelayableRecordset`). Only public
 * methods, with their own arguments.
 */
export type Delayable<T> = {
  readonly [K in Exclude<MethodNames<T>, 'then'>]: (
    ...args: ArgumentsOf<T[K]>
  ) => Promise<QueueJob<ResultOf<T[K]>>>;
};

/** The methods of a provider, each building a job without storing it. */
export type DelayableBuilder<T> = {
  readonly [K in Exclude<MethodNames<T>, 'then'>]: (
    ...args: ArgumentsOf<T[K]>
  ) => DelayableJob<ResultOf<T[K]>>;
};

/** The properties of the jobs of one `withDelay()`, and the transaction in which they are stored. */
export interface DelayOptions extends JobOptions {
  /** The manager of the caller's transaction: the job is stored, and rolled back, with it. Default: a transaction of its own. */
  readonly manager?: EntityManager | undefined;
}

/** In which transaction built jobs are stored. */
export interface StoreOptions {
  readonly manager?: EntityManager | undefined;
}

/** The batch that jobs are stored into. */
export interface BatchEntry {
  readonly uuid: string;
  /** Comes first in the transaction that stores them; throws where they may not be. */
  readonly enter?: (query: Query) => Promise<void>;
  /** Told of each that ran at once. Without it, those aren't members. */
  readonly ran?: (state: 'done' | 'failed') => void;
}

/** In which transaction, and as members of which batch. */
export interface MemberOptions extends StoreOptions {
  readonly batch?: BatchEntry;
  /** Given in place of `manager`. */
  readonly tx?: StoringTransaction | undefined;
}
