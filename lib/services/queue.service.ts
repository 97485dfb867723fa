import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { checkObject } from '../common/option-checks.js';
import type { JobEvent } from '../job/job-event.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Batch, BatchOptions } from '../enqueue/batch/batch.js';
import { methodProxy } from '../enqueue/delayable-proxy.js';
import type {
  Delayable,
  DelayableBuilder,
  DelayableThis,
  DelayableThisBuilder,
  DelayOptions,
  KnownType,
  ProviderClass,
  StoreOptions,
} from '../enqueue/delayable.types.js';
import type { DelayableJob } from '../enqueue/graph/delayable-job.js';
import type { DelayableNode } from '../enqueue/graph/delayable-node.js';
import { checkArguments } from '../common/call-checks.js';
import { StoredJobs } from './stored-jobs.js';

/**
 * The way into the queue, to be injected where calls are delayed.
 *
 * @example
 * ```ts
 * await this.queue.withDelay(this.exporter, { priority: 5, eta: '10 min' }).exportOne(product);
 * ```
 */
@Injectable()
export class QueueService extends StoredJobs implements OnApplicationShutdown {
  /**
   * What happens to jobs in this process, after its commit: a job is stored here, an attempt starts or ends on the node of
   * this process. Nobody is promised to hear of everything: see `onFailed` for what must not be missed.
   *
   * @example
   * ```ts
   * queue.events$.pipe(filter(({ type }) => type === 'failed')).subscribe(({ job, error }) => { … });
   * ```
   */
  get events$(): Observable<JobEvent> {
    return this.parts.store.events.local;
  }

  /**
   * The same of all processes, at most once each, in a process that runs jobs: the events come by its session with
   * PostgreSQL (not with `listen: false`). An event from elsewhere has no stack, and a long text in it is cut.
   */
  get clusterEvents$(): Observable<JobEvent> {
    return this.parts.store.events.cluster;
  }

  /**
   * A provider whose methods are delayed (Odoo's `with_delay`): each call stores a job and resolves to it, after the
   * commit; with `manager`, in the caller's transaction.
   *
   * @param provider - an injected instance, or its class
   * @param options - properties of the jobs; what is left out is as `@Job()` says
   * @throws (the call) `NotAJobError`, `InvalidJobOptionError`, `UnserializableArgumentError`: nothing is stored
   * @example
   * ```ts
   * await this.dataSource.transaction(async (manager) => {
   *   const order = await manager.save(Order, { … });
   *   await this.queue.withDelay(this.invoices, { manager }).print(order);
   * });
   * ```
   */
  withDelay<T extends object>(provider: ProviderClass<T>, options?: DelayOptions): Delayable<T>;
  withDelay<T extends object>(provider: T & KnownType<T>, options?: DelayOptions): Delayable<T>;
  withDelay<T extends object>(provider: T, options?: DelayOptions): DelayableThis<T>;
  withDelay(provider: object, options: DelayOptions = {}): unknown {
    return methodProxy(async (methodName, args) => {
      const { manager, ...properties } = checkObject('withDelay()', options);
      const draft = this.parts.draft(provider, methodName, args, properties);
      const [job] = await this.parts.save([draft], { manager });
      return job;
    });
  }

  /**
   * As {@link withDelay}, but its methods build jobs without storing them (Odoo's `delayable`): for `chain()`,
   * `group()` and {@link delayAll}.
   *
   * @throws (the call, at once) as `withDelay`
   * @example
   * ```ts
   * const jobs = queue.delayable(exporter);
   * await chain(jobs.prepare(), group(...products.map((product) => jobs.exportOne(product))), jobs.report()).delay();
   * ```
   */
  delayable<T extends object>(provider: ProviderClass<T>, options?: DelayOptions): DelayableBuilder<T>;
  delayable<T extends object>(provider: T & KnownType<T>, options?: DelayOptions): DelayableBuilder<T>;
  delayable<T extends object>(provider: T, options?: DelayOptions): DelayableThisBuilder<T>;
  delayable(provider: object, options: DelayOptions = {}): unknown {
    return methodProxy((methodName, args) => {
      const { manager, ...properties } = checkObject('delayable()', options);
      const fn = this.parts.registry.functionOf(provider, methodName);
      return this.parts.delayables.build({ fn, args: [...args], options: properties, manager });
    });
  }

  /**
   * Stores many built jobs, chains and groups with one INSERT, in one transaction; every graph that one of them belongs
   * to is stored whole.
   *
   * @returns in their order: of a job itself, of a chain or group its members in the order of their creation
   * @throws InvalidGraphError
   * @example
   * ```ts
   * await queue.delayAll(products.map((product) => queue.delayable(exporter).exportOne(product)));
   * ```
   */
  async delayAll<R>(delayables: readonly DelayableJob<R>[], options?: StoreOptions): Promise<QueueJob<R>[]>;
  async delayAll(nodes: readonly DelayableNode[], options?: StoreOptions): Promise<QueueJob[]>;
  async delayAll(nodes: readonly DelayableNode[], options: StoreOptions = {}): Promise<QueueJob[]> {
    const stored = await this.parts.delayables.delay(nodes, checkObject('delayAll()', options));
    return nodes.flatMap((node) => stored.of(node));
  }

  /**
   * Makes a batch, as `BatchService.create()` does, where jobs are delayed and no `BatchService` is injected.
   *
   * @param name - for people; any number of batches may have the same
   * @throws InvalidBatchError, InvalidGraphError: nothing is stored
   * @example
   * ```ts
   * const batch = await queue.batch('import 42', { onSuccess: queue.delayable(this.mails).sendReport(42) });
   * await batch.add(parts.map((part) => queue.delayable(this.importer).importPart(part)));
   * await batch.close();
   * ```
   */
  async batch(name: string, options: BatchOptions = {}): Promise<Batch> {
    return this.parts.batches.create(name, options);
  }

  /**
   * Stores a job by its name (Odoo's `Job.enqueue`), where the call can't be written with types.
   *
   * @throws UnknownJobError that lists the jobs of this application
   * @example
   * ```ts
   * await queue.enqueue('ExportService.exportOne', [product], { priority: 5 });
   * ```
   */
  async enqueue(name: string, args: readonly unknown[] = [], options: DelayOptions = {}): Promise<QueueJob> {
    const { manager, ...properties } = checkObject('enqueue()', options);
    const draft = this.parts.draftOf(this.parts.registry.get(name), checkArguments(args), properties);
    const [job] = await this.parts.save([draft], { manager });
    return job as QueueJob;
  }

  /** After all modules have been destroyed: they may enqueue to the end. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}
