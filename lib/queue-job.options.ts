import type { EntityManager } from 'typeorm';
import type { ChannelOptions } from './channel/channel-config.js';
import { parseChannels } from './channel/parse-channels.js';
import { normalizeChannelName } from './channel/channel-name.js';
import { checkCodecs } from './payload/types/codec-table.js';
import type { EncryptionOptions } from './payload/encryption/encryption-keys.js';
import { PayloadCipher } from './payload/encryption/payload-cipher.js';
import { checkMaxPayloadBytes } from './payload/payload-size.js';
import type { TypeCodec } from './payload/types/type-codec.js';
import { InvalidJobOptionError } from './errors/invalid-job-option.error.js';
import { InvalidModuleOptionError } from './errors/invalid-module-option.error.js';
import { MAX_TIMER_MS, parseMilliseconds } from './common/duration.js';
import { checkRetryOn } from './job/job-function-options.js';
import type { JobMetrics } from './job/job-metrics.js';
import type { JobTracing } from './job/job-tracing.js';
import type { RetryOn } from './job/outcome.js';
import { checkMaxRetries, checkName, checkOneOf, checkPriority } from './common/option-checks.js';
import { checkEnhancers, type EnhancerOption } from './common/enhancer-option.js';
import type { IdentityScope } from './job/identity-key.js';
import { type OnDuplicate, readKeyDefaults } from './job/key-rules.js';
import { ON_PARENT_FAILED, type OnParentFailed } from './job/on-parent-failed.js';
import { readDefaultStartBefore } from './job/start-before.js';
import { checkTags } from './job/tags.js';
import { type RetryPattern, validateRetryPattern } from './job/retry-pattern.js';
import {
  checkCount,
  checkFlag,
  checkMethods,
  checkFunction,
  checkKnown,
  checkSchemaName,
  checkSleep,
  noDelayByEnvironment,
} from './common/module-option-checks.js';

/** How jobs are run in this process. Times are milliseconds, or durations such as `'30 s'`. */
export interface QueueJobRunnerOptions {
  /** Jobs that run here at once. Default: 10. */
  readonly concurrency?: number;
  /**
   * How many of these may be `transactional`. Each holds a connection of the data source's pool, and needs a second one
   * for queries through an injected repository. Default: half of `poolSize`, so that all of them can have it.
   */
  readonly transactionalConcurrency?: number;
  /** The channels that this node serves, with those below them. Default: all. */
  readonly channels?: readonly string[];
  /** Between two looks for work that nobody told of. Default: 2000. */
  readonly pollInterval?: number | string;
  /** With `listen: false`: after this time without a sign of life a node counts as dead. Default: 15000. */
  readonly leaseDuration?: number | string;
  /** What running jobs get to end when the node stops; then their signal aborts. Default: 30000. */
  readonly shutdownTimeout?: number | string;
  /** `false` behind a pooler in transaction mode, such as PgBouncer: no LISTEN and no session lock, but a lease. Default: true. */
  readonly listen?: boolean;
  /**
   * After this time without a job, the node ends its session and sends nothing more, so that a serverless database can
   * sleep; jobs of this process, the next eta or tick, and `wakeEvery` wake it. Default: never.
   */
  readonly sleepAfter?: number | string;
  /** How often a node that sleeps looks for jobs of other processes, and for dead nodes. Default: 1 hour. */
  readonly wakeEvery?: number | string;
}

/** What is the same for all jobs of an application, unless `@Job()` or the call says otherwise. */
export interface QueueJobDefaults {
  readonly priority?: number;
  readonly maxRetries?: number;
  readonly retryPattern?: RetryPattern;
  readonly retryOn?: RetryOn;
  /** The channel of jobs whose `@Job()` names none. Default: `root`. */
  readonly channel?: string;
  readonly tags?: readonly string[];
  /** Seconds from the call, or a duration, after which a job that has not begun is cancelled. Default: without limit. */
  readonly startBefore?: number | string;
  readonly onParentFailed?: OnParentFailed;
  /** How long a job counts for its key. Default: `'waiting'`. */
  readonly identityScope?: IdentityScope;
  /** What a second call with a key does. It holds where the job's scope is `'waiting'`. Default: `'keep'`. */
  readonly onDuplicate?: OnDuplicate;
  /** How long after the first call a debounced job starts at the latest: seconds, or a duration. Default: without limit. */
  readonly maxWait?: number | string;
  /** The name of the job function that reports failures for all jobs whose `@Job()` names none. Default: none. */
  readonly onFailed?: string;
}

/**
 * Tells which transaction of the application is open where a call is made: the module option `transactionManager`. A plain
 * function will do; `clsTransactions()` and `typeormTransactions()` are those for two packages.
 */
export interface TransactionSource {
  /** The manager of the open transaction; undefined if there is none. Called at each call without a `manager`. */
  (): EntityManager | undefined;
  /**
   * Runs the method of a `transactional` job so that what it injects uses the transaction of that job. Default: only what
   * uses `currentJob().manager` does.
   */
  readonly enter?: <T>(manager: EntityManager, work: () => Promise<T>) => Promise<T>;
}

/** The options of `QueueJobModule.forRoot()`. All of them can be left out. */
export interface QueueJobModuleOptions {
  /** The schema of the tables. Default: that of the data source. */
  readonly schema?: string;
  /** Brings the tables up to date at start; `false` leaves it to the application, which runs `QUEUE_JOB_MIGRATIONS`. Default: true. */
  readonly migrate?: boolean;
  /** The channels, as text (`'root:20,root.mail:5'`) or objects. Default: root alone, without limit. */
  readonly channels?: string | readonly ChannelOptions[];
  /** The release of the application, such as `'2.4.1'` or a commit, 1 to 255 characters: nodes and failures show it. Default: none. */
  readonly version?: string;
  /** How jobs are run here; `false`: not at all. */
  readonly runner?: false | QueueJobRunnerOptions;
  readonly defaults?: QueueJobDefaults;
  /** Runs every job at once where it is delayed, for tests. Default: whether the environment has `QUEUE_JOB__NO_DELAY=1`. */
  readonly noDelay?: boolean;
  /**
   * Tells which transaction of the application is open where a call is made, so that calls without a `manager` join it:
   * `clsTransactions()`, `typeormTransactions()`, or a function. Default: a transaction that a package makes that of
   * `dataSource.manager`, and that of the transactional job that calls.
   */
  readonly transactionManager?: TransactionSource;
  /** Whether calls outside of a transaction are refused with `TransactionRequiredError`. Default: false. */
  readonly requireTransaction?: boolean;
  /** The user on whose behalf a job is stored, asked at the call. */
  readonly userId?: () => string | number | null | undefined;
  /** What to remember of the call (user, tenant, locale, trace), and how to have it again around the job. */
  readonly context?: {
    readonly capture: () => unknown;
    /** Must call `work` and return its promise: `run: (context, work) => storage.run(context, work)`. */
    readonly run: (context: never, work: () => Promise<unknown>) => Promise<unknown>;
  };
  /**
   * Whether the guards, interceptors, pipes and filters of a job's class and method are applied when it runs;
   * `{ global: true }` adds those of the whole application. Default: false.
   */
  readonly enhancers?: EnhancerOption;
  /** Puts calls and attempts into traces; see `openTelemetryTracing()` of `nestjs-queue-job/opentelemetry`. Default: none. */
  readonly tracing?: JobTracing;
  /** Where figures go; see `openTelemetryMetrics()` of `nestjs-queue-job/opentelemetry` and `prometheusMetrics()` of `nestjs-queue-job/prometheus`. Default: nowhere. */
  readonly metrics?: JobMetrics;
  /** Where an entity among the arguments of a job can be looked at. */
  readonly entityUrl?: (entity: string, id: unknown) => string | null | undefined;
  /** The most bytes that the arguments of a job take as JSON. Default: 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** How long ended jobs are kept: milliseconds or a duration; `null`: forever. Default: `'30 days'`. */
  readonly removalInterval?: number | string | null;
  /** Whether the ticks of schedules are stored by this process, if it runs jobs. Default: true. */
  readonly schedules?: boolean;
  /** How instances of the application's own classes travel; see `typeCodec()`. */
  readonly codecs?: readonly TypeCodec[];
  /** How payloads are stored. */
  readonly codec?: {
    /** Encrypts arguments, results and contexts at rest. Default: they are stored as they are. */
    readonly encrypt?: EncryptionOptions;
  };
}

/** The options that can't come from a factory. */
export interface QueueJobModuleExtras {
  /** The name of the data source, as `@nestjs/typeorm` knows it. Default: the default one. */
  readonly dataSource?: string;
  /** Whether the module is global. Default: true. */
  readonly isGlobal?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const KNOWN = [
  'schema', 'migrate', 'channels', 'runner', 'defaults', 'noDelay', 'userId', 'context', 'entityUrl',
  'maxPayloadBytes', 'removalInterval', 'codecs', 'codec', 'schedules', 'dataSource', 'isGlobal', 'tracing', 'metrics',
  'transactionManager', 'requireTransaction', 'version', 'enhancers',
]; // prettier-ignore
const KNOWN_RUNNER = [
  'concurrency', 'transactionalConcurrency', 'channels', 'pollInterval', 'leaseDuration', 'shutdownTimeout', 'listen',
  'sleepAfter', 'wakeEvery',
]; // prettier-ignore
const KNOWN_DEFAULTS = [
  'priority', 'maxRetries', 'retryPattern', 'retryOn', 'channel', 'tags', 'startBefore', 'onParentFailed', 'onFailed',
  'identityScope', 'onDuplicate', 'maxWait',
]; // prettier-ignore

/**
 * The options after their checks, with every default filled in.
 *
 * @internal
 */
export type CheckedOptions = ReturnType<typeof checkModuleOptions>;

/**
 * Checks the module's options.
 *
 * @throws InvalidModuleOptionError, naming the option and what is allowed; of it, ChannelConfigError for `channels`
 * @internal
 */
export function checkModuleOptions(options: QueueJobModuleOptions) {
  try {
    return checkOptions(options);
  } catch (error) {
    // The checks of a job's own properties serve the module's defaults, too.
    if (!(error instanceof InvalidJobOptionError)) throw error;
    throw new InvalidModuleOptionError(error.message, { cause: error });
  }
}

function checkOptions(options: QueueJobModuleOptions) {
  checkKnown('QueueJobModule.forRoot()', options, KNOWN);
  const { runner = {}, defaults = {}, codec = {}, context, removalInterval = 30 * DAY_MS } = options;
  checkKnown('codec', codec, ['encrypt']);
  checkKnown('runner', runner === false ? {} : runner, KNOWN_RUNNER);
  checkKnown('defaults', defaults, KNOWN_DEFAULTS);
  for (const name of ['userId', 'entityUrl', 'transactionManager'] as const)
    checkFunction(name, options[name]);
  if (context !== undefined) {
    checkKnown('context', context, ['capture', 'run']);
    checkFunction('context.capture', context.capture, true);
    checkFunction('context.run', context.run, true);
  }
  if (options.metrics !== undefined) checkMethods('metrics', options.metrics, ['start', 'record']);
  if (options.tracing !== undefined)
    checkMethods('tracing', options.tracing, ['enqueue', 'attempt', 'quietly']);
  for (const name of ['migrate', 'noDelay', 'schedules', 'requireTransaction'] as const)
    checkFlag(name, options[name]);
  checkEnhancers(options.enhancers);
  if (options.schema !== undefined) checkSchemaName(options.schema);
  if (options.maxPayloadBytes !== undefined) checkMaxPayloadBytes(options.maxPayloadBytes);
  if (options.codecs !== undefined) checkCodecs(options.codecs);
  return {
    schema: options.schema,
    migrate: options.migrate ?? true,
    channels: options.channels === undefined ? undefined : parseChannels(options.channels),
    version: options.version === undefined ? null : checkName('version', options.version),
    autoStart: runner !== false,
    runner: checkRunner(runner === false ? {} : runner),
    priority: defaults.priority === undefined ? undefined : checkPriority(defaults.priority),
    maxRetries: defaults.maxRetries === undefined ? undefined : checkMaxRetries(defaults.maxRetries),
    retryPattern:
      defaults.retryPattern === undefined ? undefined : validateRetryPattern(defaults.retryPattern),
    retryOn: defaults.retryOn === undefined ? undefined : checkRetryOn(defaults.retryOn),
    channel: defaults.channel === undefined ? undefined : normalizeChannelName(defaults.channel),
    tags: defaults.tags === undefined ? undefined : checkTags('tags', defaults.tags),
    startBefore:
      defaults.startBefore === undefined ? undefined : readDefaultStartBefore(defaults.startBefore),
    onParentFailed:
      defaults.onParentFailed === undefined
        ? undefined
        : checkOneOf('onParentFailed', ON_PARENT_FAILED, defaults.onParentFailed),
    onFailed: defaults.onFailed === undefined ? undefined : checkName('defaults.onFailed', defaults.onFailed),
    keys: readKeyDefaults(defaults),
    schedules: options.schedules ?? true,
    noDelay: options.noDelay ?? noDelayByEnvironment(),
    userId: options.userId,
    transactions: {
      source: options.transactionManager,
      required: options.requireTransaction ?? false,
    },
    context,
    enhancers: options.enhancers ?? false,
    tracing: options.tracing,
    metrics: options.metrics,
    entityUrl: options.entityUrl,
    maxPayloadBytes: options.maxPayloadBytes,
    removalInterval: removalInterval === null ? null : parseMilliseconds('removalInterval', removalInterval),
    codecs: options.codecs,
    cipher: codec.encrypt === undefined ? undefined : new PayloadCipher(codec.encrypt),
  };
}

function checkRunner(runner: QueueJobRunnerOptions) {
  const {
    concurrency = 10,
    transactionalConcurrency,
    channels,
    pollInterval = 2_000,
    leaseDuration = 15_000,
    shutdownTimeout = 30_000,
  } = runner;
  checkFlag('runner.listen', runner.listen);
  checkCount('runner.concurrency', concurrency);
  if (transactionalConcurrency !== undefined)
    checkCount('runner.transactionalConcurrency', transactionalConcurrency);
  if (channels !== undefined && !(Array.isArray(channels) && channels.length > 0)) {
    throw new InvalidModuleOptionError(
      'runner.channels must be a list of channel names; leave it out to serve all.',
    );
  }
  const lease = parseMilliseconds('runner.leaseDuration', leaseDuration, MAX_TIMER_MS);
  const poll = parseMilliseconds('runner.pollInterval', pollInterval, MAX_TIMER_MS);
  if (lease < 1_000)
    throw new InvalidModuleOptionError(`runner.leaseDuration must be at least 1000, not ${lease}.`);
  if (poll < 10) throw new InvalidModuleOptionError(`runner.pollInterval must be at least 10, not ${poll}.`);
  return {
    concurrency,
    transactionalConcurrency,
    channels: channels === undefined ? null : channels.map(normalizeChannelName),
    pollInterval: poll,
    leaseDuration: lease,
    shutdownTimeout: parseMilliseconds('runner.shutdownTimeout', shutdownTimeout, MAX_TIMER_MS),
    listen: runner.listen ?? true,
    sleep: checkSleep(runner),
  };
}
