import { type DynamicModule, type FactoryProvider, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, ExternalContextCreator } from '@nestjs/core';
import { formatValue } from '../common/format-value.js';
import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import { ArgumentCodec } from '../payload/argument-codec.js';
import { QueueJobModule } from '../queue-job.module.js';
import {
  checkModuleOptions,
  type QueueJobModuleExtras,
  type QueueJobModuleOptions,
} from '../queue-job.options.js';
import { type QueueHealth, QueueHealthService } from '../observe/queue-health.service.js';
import { FailureReports } from '../enqueue/failure-report.js';
import { JobDrafter } from '../enqueue/job-draft.js';
import { FailureHandlers } from '../registry/failure-handlers.js';
import { JobEventListeners } from '../events/job-event-listeners.js';
import { eventOfJob } from '../job/job-event.js';
import { JobEvents } from '../store/notify/job-events.js';
import { memoryEvent } from './memory-event.js';
import { JobEnhancers } from '../registry/enhancers/job-enhancers.js';
import { JobExplorer } from '../registry/job-explorer.js';
import { JobRegistry } from '../registry/job-registry.js';
import { JobRunner } from '../runner/job-runner.js';
import { ScheduleService } from '../schedule/schedule.service.js';
import { BatchService } from '../services/batch.service.js';
import { ChannelService } from '../services/channel.service.js';
import { JobFunctionService } from '../services/job-function.service.js';
import { NodeService } from '../services/node.service.js';
import { QueueParts } from '../services/queue-parts.js';
import { QueueService } from '../services/queue.service.js';
import { DatabaseEngine } from './database-engine.js';
import { JobTraps } from './job-traps.js';
import { MemoryEngine } from './memory-engine.js';
import { MemoryEntities } from './memory-entities.js';
import { type MemoryJob, MemoryJobs } from './memory-jobs.js';
import { MemoryQueueService } from './memory-queue.service.js';
import { MemoryRunner } from './memory-runner.js';
import { QueueJobTesting } from './queue-job-testing.js';
import { withoutDatabase } from './without-database.js';

const MODES = ['fake', 'inline', 'database'] as const;

/** `'fake'`: nothing runs, calls are recorded. `'inline'`: jobs run at the call. `'database'`: the real module. */
export type QueueJobTestingMode = (typeof MODES)[number];

/** The options of `QueueJobTestingModule.forRoot()`: those of the real module, and the mode. */
export interface QueueJobTestingOptions extends QueueJobModuleOptions, QueueJobModuleExtras {
  /** Default: `'fake'`. */
  readonly mode?: QueueJobTestingMode;
}

/**
 * Stands for `QueueJobModule` in tests of an application.
 *
 * @example
 * ```ts
 * const module = await Test.createTestingModule({
 *   imports: [QueueJobTestingModule.forRoot({ mode: 'fake' })],
 *   providers: [SignUpService, MailService],
 * }).compile();
 * const jobs = queueJobTesting(await module.init());
 * ```
 */
@Module({})
export class QueueJobTestingModule {
  /** @throws InvalidModuleOptionError for an unknown mode, and for options that the real module refuses */
  static forRoot({ mode = 'fake', ...options }: QueueJobTestingOptions = {}): DynamicModule {
    if (!MODES.includes(mode)) {
      throw new InvalidModuleOptionError(
        `mode must be one of ${MODES.join(', ')}, not ${formatValue(mode)}.`,
      );
    }
    const definition = { module: QueueJobTestingModule, global: true };
    if (mode === 'database') {
      return {
        ...definition,
        imports: [QueueJobModule.forRoot(options)],
        providers: [databaseTesting],
        exports: [QueueJobTesting],
      };
    }
    const services: Provider[] = [
      QueueService,
      QueueJobTesting,
      BatchService,
      ChannelService,
      NodeService,
      JobFunctionService,
      ScheduleService,
      QueueHealthService,
      JobRunner,
    ];
    return {
      ...definition,
      imports: [DiscoveryModule],
      providers: [enhancersOf(options), JobExplorer, JobRegistry, ...memoryProviders(mode, options)],
      exports: services,
    };
  }
}

/** They are around a job here as well. */
const enhancersOf = ({ enhancers = false }: QueueJobModuleOptions): FactoryProvider => ({
  provide: JobEnhancers,
  inject: [ExternalContextCreator],
  useFactory: (creator: ExternalContextCreator) =>
    enhancers === false ? undefined : new JobEnhancers(creator, enhancers === true ? {} : enhancers),
});

const databaseTesting: FactoryProvider<QueueJobTesting> = {
  provide: QueueJobTesting,
  inject: [QueueParts, QueueService, JobRunner],
  useFactory: (parts: QueueParts, queue: QueueService, runner: JobRunner) => {
    const engine = new DatabaseEngine(parts, queue, runner);
    const traps = new JobTraps(
      parts.registry,
      async (uuids) => engine.perform(uuids),
      () => engine.forget(),
    );
    parts.stored = (jobs) => traps.add(jobs);
    return new QueueJobTesting(traps, engine, queue);
  },
};

interface Memory {
  readonly engine: MemoryEngine;
  readonly queue: MemoryQueueService;
  readonly handlers: FailureHandlers;
  readonly events: JobEvents;
}
/** Without a database nothing can be away. */
const HEALTHY: QueueHealth = {
  status: 'up',
  reasons: [],
  runner: 'off',
  oldestWaiting: null,
  pausedChannels: [],
};

const MEMORY = Symbol('nestjs-queue-job:memory');

function memoryProviders(mode: 'fake' | 'inline', given: QueueJobModuleOptions): Provider[] {
  const memory: FactoryProvider<Memory> = {
    provide: MEMORY,
    inject: [JobRegistry],
    useFactory: (registry: JobRegistry) => memoryOf(mode, given, registry),
  };
  return [
    memory,
    { provide: QueueService, inject: [MEMORY], useFactory: ({ queue }: Memory) => queue },
    { provide: JobEvents, inject: [MEMORY], useFactory: ({ events }: Memory) => events },
    JobEventListeners,
    { provide: FailureHandlers, inject: [MEMORY], useFactory: ({ handlers }: Memory) => handlers },
    {
      provide: QueueJobTesting,
      inject: [MEMORY],
      useFactory: ({ engine, queue }: Memory) => new QueueJobTesting(engine.traps, engine, queue),
    },
    { provide: QueueHealthService, useValue: { check: async () => HEALTHY } },
    ...[BatchService, ChannelService, NodeService, JobFunctionService, ScheduleService, JobRunner].map(
      withoutDatabase,
    ),
  ];
}

function memoryOf(mode: 'fake' | 'inline', given: QueueJobModuleOptions, registry: JobRegistry): Memory {
  const options = checkModuleOptions(given);
  const { codecs, maxPayloadBytes } = options;
  const codec = new ArgumentCodec({
    entities: new MemoryEntities(),
    ...(maxPayloadBytes === undefined ? {} : { maxPayloadBytes }),
    ...(codecs === undefined ? {} : { codecs }),
  });
  const jobs = new MemoryJobs();
  const rules = { retryOn: options.retryOn, retryPattern: options.retryPattern };
  const { priority, maxRetries, channel, tags, startBefore, onParentFailed, keys, userId, noDelay, context } =
    options;
  const defaults = { priority, maxRetries, channel, tags, startBefore, onParentFailed, keys };
  const settings = { ...defaults, noDelay, userId, captureContext: context?.capture };
  const drafter = new JobDrafter(codec, { channelOf: () => undefined } as never, settings);
  const handlers = new FailureHandlers(registry, { onFailed: options.onFailed, maxRetries, tags });
  const reports = new FailureReports(drafter, handlers);
  const failed = ({ draft, job }: MemoryJob, error: Error): void => {
    const report = reports.draftOf(draft, job.retry, error);
    if (report === undefined) return;
    const [stored] = jobs.add([{ drafts: [{ ...report, noDelay: false }], dependencies: [] }]).values();
    if (stored === undefined) return;
    stored.job.failureOf = job.uuid;
    engine.traps.add([stored.job]);
  };
  const events = new JobEvents();
  const ended = (entry: MemoryJob): void => events.emit([memoryEvent(entry)]);
  const runner = new MemoryRunner(jobs, codec, { rules, failed, ended, runContext: options.context?.run });
  const engine = new MemoryEngine(jobs, runner, mode);
  engine.traps = new JobTraps(
    registry,
    async (uuids, recursive) => engine.perform(uuids, recursive),
    () => engine.forget(),
  );
  const queue = new MemoryQueueService(
    jobs,
    registry,
    codec,
    drafter,
    events,
    options.transactions,
    async (stored) => {
      const added = stored.filter(({ job }) => job.deduplicated !== true && job.state !== 'done');
      events.emit(added.map(({ job }) => eventOfJob('enqueued', job)));
      await engine.stored(stored);
    },
  );
  return { engine, queue, handlers, events };
}
