import type { EntityManager } from 'typeorm';
import type { JobOptions } from '../job/job-options.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Query } from '../store/connection/database.js';
import type { DelayableJob } from './graph/delayable-job.js';
import type { StoringTransaction } from './transactions.js';

/** Any method; its own arguments and result are found by inference. */
type Method = (...args: never[]) => unknown;

/** The names of the public methods of a class, optional ones included. */
export type MethodNames<T> = { [K in keyof T]-?: NonNullable<T[K]> extends Method ? K : never }[keyof T];

/** A class, also an abstract one: what stands as an injection token. */
export type ProviderClass<T> = abstract new (...args: never[]) => T;

/** Lets an instance pass whose type is known, and not `this` or a type parameter, of which only the constraint is. */
export type KnownType<T> = T extends object ? unknown : never;

type Stores<A extends unknown[], R> = (...args: A) => Promise<QueueJob<Awaited<R>>>;
type Builds<A extends unknown[], R> = (...args: A) => DelayableJob<Awaited<R>>;

/** Each overload, up to four, with what it returns delayed; `Otherwise` for what is no method. */
type Storing<M, Otherwise = never> = M extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
}
  ? Stores<A1, R1> & Stores<A2, R2> & Stores<A3, R3> & Stores<A4, R4>
  : Otherwise;
type Building<M, Otherwise = never> = M extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
}
  ? Builds<A1, R1> & Builds<A2, R2> & Builds<A3, R3> & Builds<A4, R4>
  : Otherwise;

/**
 * The methods of a provider, each storing a call to itself as a job (Odoo's `DelayableRecordset`). Only public
 * methods, with their own arguments.
 */
export type Delayable<T> = {
  readonly [K in Exclude<MethodNames<T>, 'then'>]-?: Storing<NonNullable<T[K]>>;
};

/** The methods of a provider, each building a job without storing it. */
export type DelayableBuilder<T> = {
  readonly [K in Exclude<MethodNames<T>, 'then'>]-?: Building<NonNullable<T[K]>>;
};

/** {@link Delayable} of `this` or of a type parameter, of which the compiler can't tell methods from other properties. */
export type DelayableThis<T> = {
  readonly [K in Exclude<keyof T, 'then'>]-?: Storing<NonNullable<T[K]>, undefined>;
};

/** {@link DelayableBuilder} of `this` or of a type parameter. */
export type DelayableThisBuilder<T> = {
  readonly [K in Exclude<keyof T, 'then'>]-?: Building<NonNullable<T[K]>, undefined>;
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

/**
 * The batch that jobs are stored into.
 *
 * @internal
 */
export interface BatchEntry {
  readonly uuid: string;
  /** Comes first in the transaction that stores them; throws where they may not be. */
  readonly enter?: (query: Query) => Promise<void>;
  /** Told of each that ran at once. Without it, those aren't members. */
  readonly ran?: (state: 'done' | 'failed') => void;
}

/**
 * In which transaction, and as members of which batch.
 *
 * @internal
 */
export interface MemberOptions extends StoreOptions {
  readonly batch?: BatchEntry;
  /** Given in place of `manager`. */
  readonly tx?: StoringTransaction | undefined;
}
