import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { DiscoveryModule, ExternalContextCreator } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArgumentCodec } from './payload/argument-codec.js';
import { BatchService } from './services/batch.service.js';
import { ChannelService } from './services/channel.service.js';
import { JobFunctionService } from './services/job-function.service.js';
import { NodeService } from './services/node.service.js';
import { ambientManager } from './enqueue/ambient-manager.js';
import { QueueParts } from './services/queue-parts.js';
import { QueueService } from './services/queue.service.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  QueueDataSource,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './queue-job.module-definition.js';
import { checkExtras, checkOptionsSource } from './common/module-option-checks.js';
import { type CheckedOptions, checkModuleOptions, type QueueJobModuleOptions } from './queue-job.options.js';
import { FailureHandlers } from './registry/failure-handlers.js';
import { JobEventListeners } from './events/job-event-listeners.js';
import { JobEvents } from './store/notify/job-events.js';
import { JobEnhancers } from './registry/enhancers/job-enhancers.js';
import { JobExplorer } from './registry/job-explorer.js';
import { JobRegistry } from './registry/job-registry.js';
import { JobRunner } from './runner/job-runner.js';
import type { JobFunction } from './registry/job-function.js';
import { callDefaultsOf } from './registry/call-defaults.js';
import { RUNNER_OPTIONS, type RunnerOptions } from './runner/runner.options.js';
import { CodeSchedules } from './schedule/code-schedules.js';
import { ScheduleExplorer } from './schedule/schedule-explorer.js';
import { ScheduleRunner } from './schedule/schedule-runner.js';
import { ScheduleService } from './schedule/schedule.service.js';
import { TickWriter } from './schedule/tick-writer.js';
import { SCHEDULE_SETTINGS, type ScheduleSettings } from './schedule/schedule.settings.js';
import { RunnerLifecycleModule } from './runner/runner-lifecycle.module.js';
import { QueueHealthService } from './observe/queue-health.service.js';
import { MetricsReporter } from './observe/metrics/metrics-reporter.js';
import { QUEUE_JOB_ENTITIES } from './store/entities/entities.js';
import { EntityReader } from './store/connection/entity-reader.js';
import { FunctionOverrides } from './store/functions/function-overrides.js';
import type { Quietly } from './common/quietly.js';
import { openStore } from './store/open-store.js';
import { Store } from './store/store.js';

/** Between two looks at the schedules where a notification would tell of a change, in milliseconds. */
const LISTENING_POLL_MS = 30_000;

const CHECKED_OPTIONS = Symbol('nestjs-queue-job:checked-options');

const checkedOptions: FactoryProvider<CheckedOptions> = {
  provide: CHECKED_OPTIONS,
  inject: [MODULE_OPTIONS_TOKEN],
  // The extras are no options, but forRoot() hands them over together.
  useFactory: (options: QueueJobModuleOptions) => checkModuleOptions(options),
};

const store: FactoryProvider<Promise<Store>> = {
  provide: Store,
  inject: [QueueDataSource, CHECKED_OPTIONS],
  useFactory: async ({ dataSource, name }: QueueDataSource, options: CheckedOptions) => {
    const opened = await openStore(
      dataSource,
      name,
      { ...options, listens: options.runner.listen },
      quietlyBy(options),
    );
    if (options.channels !== undefined) {
      await opened.channels.applyOption(options.channels);
      opened.notifier.publish({ config: true });
    }
    return opened;
  },
};

/** The tracing is the application's object: its method is called as one. */
function quietlyBy({ tracing }: CheckedOptions): Quietly | undefined {
  return tracing === undefined ? undefined : (work) => tracing.quietly(work);
}

const codec: FactoryProvider<ArgumentCodec> = {
  provide: ArgumentCodec,
  inject: [Store, CHECKED_OPTIONS],
  useFactory: ({ dataSource }: Store, { maxPayloadBytes, codecs, cipher }: CheckedOptions) =>
    new ArgumentCodec({
      entities: new EntityReader(dataSource, () => ambientManager(dataSource)),
      cipher,
      ...(maxPayloadBytes === undefined ? {} : { maxPayloadBytes }),
      ...(codecs === undefined ? {} : { codecs }),
    }),
};

const functionChanges: FactoryProvider<Promise<FunctionOverrides>> = {
  provide: FunctionOverrides,
  inject: [Store],
  useFactory: async ({ functions, notifier }: Store) => {
    const changes = new FunctionOverrides(functions, notifier);
    await changes.read();
    return changes;
  },
};

const queueParts: FactoryProvider<QueueParts> = {
  provide: QueueParts,
  inject: [Store, JobRegistry, ArgumentCodec, FunctionOverrides, CHECKED_OPTIONS, FailureHandlers],
  useFactory: (
    opened: Store,
    registry: JobRegistry,
    argumentCodec: ArgumentCodec,
    changes: FunctionOverrides,
    options: CheckedOptions,
    handlers: FailureHandlers,
  ) =>
    new QueueParts(
      opened,
      registry,
      argumentCodec,
      changes,
      {
        priority: options.priority,
        maxRetries: options.maxRetries,
        channel: options.channel,
        tags: options.tags,
        startBefore: options.startBefore,
        onParentFailed: options.onParentFailed,
        keys: options.keys,
        noDelay: options.noDelay,
        userId: options.userId,
        captureContext: options.context?.capture,
      },
      options.entityUrl,
      handlers,
      options.transactions,
      options.tracing,
    ),
};

const failureHandlers: FactoryProvider<FailureHandlers> = {
  provide: FailureHandlers,
  inject: [JobRegistry, CHECKED_OPTIONS],
  useFactory: (registry: JobRegistry, { onFailed, maxRetries, tags }: CheckedOptions) =>
    new FailureHandlers(registry, { onFailed, maxRetries, tags }),
};

const enhancers: FactoryProvider<JobEnhancers | undefined> = {
  provide: JobEnhancers,
  inject: [ExternalContextCreator, CHECKED_OPTIONS],
  useFactory: (creator: ExternalContextCreator, { enhancers: option }: CheckedOptions) =>
    option === false ? undefined : new JobEnhancers(creator, option === true ? {} : option),
};

const jobEvents: FactoryProvider<JobEvents> = {
  provide: JobEvents,
  inject: [Store],
  useFactory: ({ events }: Store) => events,
};

const jobFunctions: FactoryProvider<JobFunctionService> = {
  provide: JobFunctionService,
  inject: [Store, JobRegistry, CHECKED_OPTIONS, FunctionOverrides],
  useFactory: (
    opened: Store,
    registry: JobRegistry,
    { channel, retryPattern }: CheckedOptions,
    changes: FunctionOverrides,
  ) => new JobFunctionService(opened, registry, { channel, retryPattern }, changes),
};

const metricsReporter: FactoryProvider<MetricsReporter> = {
  provide: MetricsReporter,
  inject: [Store, CHECKED_OPTIONS],
  useFactory: (opened: Store, { metrics }: CheckedOptions) => new MetricsReporter(opened, metrics),
};

const runnerOptions: FactoryProvider<RunnerOptions> = {
  provide: RUNNER_OPTIONS,
  inject: [CHECKED_OPTIONS, MetricsReporter],
  useFactory: (options: CheckedOptions, reporter: MetricsReporter) => ({
    callDefaults: (fn: JobFunction) => callDefaultsOf(fn, options),
    meter: options.metrics && reporter.attemptEnded,
    autoStart: options.autoStart,
    settings: { ...options.runner, release: options.version },
    retryOn: options.retryOn,
    retryPattern: options.retryPattern,
    removalInterval: options.removalInterval,
    tracing: options.tracing,
    enterTransaction: options.transactions.source?.enter,
    runContext: options.context?.run as RunnerOptions['runContext'],
  }),
};

const scheduleSettings: FactoryProvider<ScheduleSettings> = {
  provide: SCHEDULE_SETTINGS,
  inject: [CHECKED_OPTIONS],
  useFactory: ({
    schedules,
    runner,
    channel,
    priority,
    maxRetries,
    tags,
    startBefore,
    keys,
  }: CheckedOptions) => ({
    enabled: schedules,
    pollInterval: runner.listen ? LISTENING_POLL_MS : runner.pollInterval,
    channel,
    priority,
    maxRetries,
    tags,
    startBefore,
    keys,
  }),
};

/**
 * Background jobs on the PostgreSQL of the application.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
 *     QueueJobModule.forRoot({ channels: 'root:20,root.partner:4' }),
 *   ],
 *   providers: [ExportService],
 * })
 * export class AppModule {}
 * ```
 */
@Module({
  imports: [DiscoveryModule, RunnerLifecycleModule],
  providers: [
    checkedOptions,
    store,
    codec,
    functionChanges,
    queueParts,
    metricsReporter,
    runnerOptions,
    enhancers,
    JobExplorer,
    JobRegistry,
    failureHandlers,
    jobEvents,
    JobEventListeners,
    QueueService,
    BatchService,
    ChannelService,
    NodeService,
    jobFunctions,
    JobRunner,
    scheduleSettings,
    ScheduleExplorer,
    CodeSchedules,
    TickWriter,
    ScheduleRunner,
    ScheduleService,
    QueueHealthService,
  ],
  // QueueParts is for the dashboard alone: no application can name it.
  exports: [
    QueueService,
    BatchService,
    ChannelService,
    NodeService,
    JobFunctionService,
    ScheduleService,
    QueueHealthService,
    JobRunner,
    QueueParts,
  ],
})
export class QueueJobModule extends ConfigurableModuleClass {
  /** Wires the queue to a data source of `TypeOrmModule`. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    checkExtras('QueueJobModule.forRoot()', options);
    registerEntities(options.dataSource);
    return super.forRoot(options);
  }

  /** As {@link forRoot}, with options from a factory, a class or an existing provider. `dataSource` stays beside these. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    checkExtras('QueueJobModule.forRootAsync()', options);
    checkOptionsSource(options);
    registerEntities(options.dataSource);
    return super.forRootAsync(options);
  }
}

/**
 * With `autoLoadEntities`, the data source learns of our entities by this call. The repositories that it would provide
 * are not used: without a data source they'd fail before our own message is told.
 */
function registerEntities(dataSource: string | undefined): void {
  TypeOrmModule.forFeature(QUEUE_JOB_ENTITIES, dataSource);
}
