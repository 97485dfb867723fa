import type { DataSource, EntityManager } from 'typeorm';
import type { TransactionSource } from '../../queue-job.options.js';
import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';

/** What {@link clsTransactions} uses of the class `TransactionHost`. */
export interface TransactionHosts {
  getInstance(connectionName?: string): {
    readonly tx: unknown;
    isTransactionActive(): boolean;
    withTransaction<T>(propagation: never, work: () => Promise<T>): Promise<T>;
  };
}

/**
 * The transactions of `@nestjs-cls/transactional` with its TypeORM adapter.
 *
 * @param host - the class `TransactionHost` of that package
 * @param dataSource - the data source that the adapter uses, which is also that of the queue
 * @param connectionName - as given to `ClsPluginTransactional`, if it was
 * @example
 * ```ts
 * QueueJobModule.forRootAsync({
 *   inject: [DataSource],
 *   useFactory: (dataSource: DataSource) => ({ transactionManager: clsTransactions(TransactionHost, dataSource) }),
 * });
 * ```
 */
export function clsTransactions(
  host: TransactionHosts,
  dataSource: DataSource,
  connectionName?: string,
): TransactionSource {
  const current = (): EntityManager | undefined => {
    const instance = host.getInstance(connectionName);
    return instance.isTransactionActive() ? (instance.tx as EntityManager) : undefined;
  };
  const begin = async <T>(work: () => Promise<T>): Promise<T> =>
    host.getInstance(connectionName).withTransaction('REQUIRES_NEW' as never, work);
  return Object.assign(current, { enter: entering(() => dataSource, begin) });
}

/** What {@link typeormTransactions} uses of the package. */
export interface TypeormTransactional {
  getDataSourceByName(name: string): DataSource | undefined;
  runInTransaction<T>(
    work: () => Promise<T>,
    options?: { readonly propagation?: never; readonly connectionName?: string },
  ): Promise<T>;
}

/**
 * The transactions of `typeorm-transactional`.
 *
 * @param library - the functions of that package
 * @param name - of the data source, as given to `addTransactionalDataSource()`. Default: `'default'`
 * @example
 * ```ts
 * QueueJobModule.forRoot({ transactionManager: typeormTransactions(transactional) });
 * ```
 */
export function typeormTransactions(library: TypeormTransactional, name = 'default'): TransactionSource {
  const find = (): DataSource | undefined => library.getDataSourceByName(name);
  const begin = async <T>(work: () => Promise<T>): Promise<T> =>
    library.runInTransaction(work, { propagation: 'REQUIRES_NEW' as never, connectionName: name });
  return Object.assign(() => find()?.manager, { enter: entering(find, begin) });
}

/**
 * Has a package take the transaction of a job for one that it began itself. Neither package can be given a transaction: each
 * begins one by `dataSource.transaction()`, at once. For that moment, in which nothing else can run, the method is one that
 * hands over the manager of the job. Its end stays with the job.
 */
function entering(
  find: () => DataSource | undefined,
  begin: <T>(work: () => Promise<T>) => Promise<T>,
): NonNullable<TransactionSource['enter']> {
  return async (manager, work) => {
    const dataSource = find();
    if (dataSource === undefined) return work();
    const own = Object.getOwnPropertyDescriptor(dataSource, 'transaction');
    const restore = (): void => {
      if (own === undefined) Reflect.deleteProperty(dataSource, 'transaction');
      else Object.defineProperty(dataSource, 'transaction', own);
    };
    let joined = false;
    const join = (...given: unknown[]): unknown => {
      joined = true;
      // Before the method begins, which may begin transactions of its own.
      restore();
      return (given.at(-1) as (manager: EntityManager) => unknown)(manager);
    };
    Object.defineProperty(dataSource, 'transaction', { value: join, configurable: true, writable: true });
    const running = begin(async () => {
      if (joined) return work();
      throw new InvalidModuleOptionError(
        'transactionManager: the package did not begin its transaction by dataSource.transaction() at once, so it can not join that of a transactional job. Give a function that returns the manager instead.',
      );
    });
    if (!joined) restore();
    return running;
  };
}
