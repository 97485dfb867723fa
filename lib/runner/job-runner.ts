import { Inject, Injectable } from '@nestjs/common';
import { isReadOnly } from '../common/pg-errors.js';
import { ReadOnlyDatabaseError } from '../errors/read-only-database.error.js';
import { ArgumentCodec } from '../payload/argument-codec.js';
import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import { checkObject } from '../common/option-checks.js';
import { FailureHandlers } from '../registry/failure-handlers.js';
import { JobRegistry } from '../registry/job-registry.js';
import { FunctionOverrides } from '../store/functions/function-overrides.js';
import { hydrateClaimed } from '../store/jobs/hydrate.js';
import { poolSizeOf } from '../store/connection/connection-options.js';
import { Store } from '../store/store.js';
import { Executor, type ExecutorSettings } from './execution/executor.js';
import { TracedExecutor } from './execution/traced-executor.js';
import { RunnerNode } from './node.js';
import { NodeLog } from './reporting/node-log.js';
import { ProgressBuffer } from './reporting/progress-buffer.js';
import { JobPruner } from './maintenance/job-pruner.js';
import type { NodeService } from './node-service.js';
import { RUNNER_OPTIONS, type RunnerOptions } from './runner.options.js';
import type { RunnerState } from './node-state.js';
import type { RunnerSettings } from './runner.settings.js';
import { SleepCycle } from './sleep-cycle.js';
import { type LifecycleRunner, RunnerLifecycle } from './runner-lifecycle.js';

/**
 * Runs the jobs in this process: it starts with the application and drains with it, unless the module option `runner` is
 * `false`; then {@link JobRunner.start} starts it by hand.
 */
@Injectable()
export class JobRunner implements LifecycleRunner {
  private readonly log = new NodeLog();
  private node: RunnerNode | null = null;
  private pruner: JobPruner | null = null;
  private starting: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;
  private stoppingNode: RunnerNode | null = null;
  private readonly services: NodeService[] = [];
  private readonly sleepCycle: SleepCycle | null;

  /** @internal */
  constructor(
    private readonly store: Store,
    private readonly registry: JobRegistry,
    private readonly codec: ArgumentCodec,
    private readonly overrides: FunctionOverrides,
    private readonly handlers: FailureHandlers,
    @Inject(RUNNER_OPTIONS) private readonly options: RunnerOptions,
    lifecycle: RunnerLifecycle,
  ) {
    lifecycle.attach(this);
    const { sleep } = options.settings;
    this.sleepCycle =
      sleep === null
        ? null
        : new SleepCycle(sleep, {
            nodes: store.nodes,
            notifier: store.notifier,
            idleFor: () => this.node?.idleFor ?? 0,
            sleep: async () => this.fallAsleep(),
            wake: async () => this.start(),
            failed: (error) => this.log.queryFailed(this.node?.id ?? 0, error),
          });
  }

  /**
   * Has a service work beside this runner, from its next start on.
   *
   * @internal
   */
  attach(service: NodeService): void {
    this.services.push(service);
  }

  /** Whether it starts with the application: the module option `runner` is not `false`. */
  get autoStart(): boolean {
    return this.options.autoStart;
  }

  /** Whether jobs are run in this process. */
  get running(): boolean {
    return this.node !== null || this.sleepCycle?.asleep === true;
  }

  /** What its node does now; `stopped` before its first start, too. */
  get state(): RunnerState {
    const node = this.node ?? this.stoppingNode;
    if (this.node === null && this.sleepCycle?.asleep === true) return 'sleeping';
    if (node !== null) return node.state;
    return this.starting === null ? 'stopped' : 'starting';
  }

  /** The number of this node in the cluster; undefined while it doesn't run. */
  get nodeId(): number | undefined {
    return this.node?.id;
  }

  /** Begins to run jobs; does nothing if it runs already. One that is stopping has stopped first. */
  async start(): Promise<void> {
    if (this.node !== null) return;
    this.starting ??= this.startNode().finally(() => (this.starting = null));
    await this.starting;
  }

  /**
   * Runs no more jobs. What runs gets `timeout` to end; then its signal aborts, and it is given back with its attempt. Called
   * again meanwhile, it waits for the same end, and the shorter time counts.
   *
   * @param options - `timeout`: milliseconds, or a duration such as `'1 min'`. Default: the option `shutdownTimeout`
   */
  async stop(options: { timeout?: number | string } = {}): Promise<void> {
    const { timeout: given = this.options.settings.shutdownTimeout } = checkObject('stop()', options);
    const timeout = parseMilliseconds('timeout', given, MAX_TIMER_MS);
    // The caller that started it gets an error there.
    this.sleepCycle?.stop();
    await this.starting?.catch(() => undefined);
    this.sleepCycle?.stop();
    const { node } = this;
    if (node !== null) {
      this.node = null;
      this.stoppingNode = node;
      this.stopping = this.stopNode(node, timeout).finally(() => (this.stopping = this.stoppingNode = null));
    } else {
      this.stoppingNode?.stopWithin(timeout);
    }
    await this.stopping;
  }

  /** It has nothing to do: what has come meanwhile is given back, as by a stop. */
  private async fallAsleep(): Promise<void> {
    const { node } = this;
    if (node === null) return;
    this.node = null;
    this.stoppingNode = node;
    this.stopping = this.stopNode(node, 0).finally(() => (this.stopping = this.stoppingNode = null));
    await this.stopping;
    this.log.sleeps(node.id);
  }

  private async startNode(): Promise<void> {
    await this.stopping;
    const settings = this.settings();
    const progress = new ProgressBuffer(this.store.progress);
    const executorSettings: ExecutorSettings = {
      retryOn: this.options.retryOn,
      retryPattern: this.options.retryPattern,
      overriddenPattern: (name) => this.overrides.patternOf(name),
      runContext: this.options.runContext,
      enterTransaction: this.options.enterTransaction,
      readJob: (job, args, context) => hydrateClaimed(job, args, context, node.id),
    };
    const names = this.registry.names();
    const node = new RunnerNode(
      {
        store: this.store,
        progress,
        log: this.log,
        meter: this.options.meter,
        names,
        transactional: this.transactionalNames(),
        onFailed: this.handlers.all(),
        stopRequested: () => void this.stop().catch((error: unknown) => this.log.queryFailed(node.id, error)),
        executor: (number) => {
          const { registry, codec, store, log } = this;
          const executor = new Executor(registry, codec, store, progress, log, executorSettings, number);
          const { tracing } = this.options;
          return tracing === undefined ? executor : new TracedExecutor(executor, tracing);
        },
      },
      settings,
    );
    await this.declare()
      .then(async () => node.start())
      .catch((error: unknown) => {
        throw isReadOnly(error) ? new ReadOnlyDatabaseError({ cause: error }) : error;
      });
    try {
      for (const service of this.services) await service.start(() => node.id);
    } catch (error) {
      await this.stopServices();
      await node.stop(0);
      throw error;
    }
    this.node = node;
    this.pruner = new JobPruner(
      this.store.history,
      this.store.batches,
      this.store.nodes,
      this.store.keys,
      this.store.channels,
      this.options.removalInterval,
      (error) => {
        this.log.queryFailed(node.id, error);
      },
    );
    this.pruner.start();
    this.sleepCycle?.started();
    this.log.started(node.id, names.length, settings.channels, settings.concurrency);
  }

  private async stopServices(): Promise<void> {
    // A round trip of theirs may wait for a database that is away.
    const stopped = Promise.all(this.services.map((service) => service.stop()));
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  /** For SQL, which stores jobs as calls do. */
  private async declare(): Promise<void> {
    const { callDefaults } = this.options;
    await this.store.functions.declare(new Map(this.registry.all().map((fn) => [fn.name, callDefaults(fn)])));
  }

  private settings(): RunnerSettings {
    const { settings } = this.options;
    const { concurrency } = settings;
    const poolSize = poolSizeOf(this.store.dataSource);
    // Half of the pool: each of them can have a second connection, for a repository that its method has injected.
    const { transactionalConcurrency = Math.max(1, Math.floor(poolSize / 2)) } = settings;
    const most = Math.min(concurrency, transactionalConcurrency);
    if (most >= poolSize && this.transactionalNames().size > 0) this.log.poolTooSmall(poolSize, most);
    return { ...settings, transactionalConcurrency: most };
  }

  private transactionalNames(): ReadonlySet<string> {
    const transactional = this.registry.all().filter(({ options }) => options.transactional === true);
    return new Set(transactional.map(({ name }) => name));
  }

  private async stopNode(node: RunnerNode, timeout: number): Promise<void> {
    const { pruner } = this;
    this.pruner = null;
    await this.stopServices();
    // A round of it that is under way is not waited for longer than the rest takes.
    const tidied = pruner?.stop();
    await node.stop(timeout);
    await Promise.race([tidied, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    this.log.stopped(node.id);
  }
}
