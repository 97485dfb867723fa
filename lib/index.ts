export { QueueJobModule } from './queue-job.module.js';
export type {
  QueueJobDefaults,
  QueueJobModuleExtras,
  QueueJobModuleOptions,
  QueueJobRunnerOptions,
  TransactionSource,
} from './queue-job.options.js';

export {
  type ArgumentsDecorator,
  type ChannelledJobOptions,
  type DescribedJobOptions,
  Job,
  type KeyedJobOptions,
} from './registry/job.decorator.js';
export {
  clsTransactions,
  type TransactionHosts,
  typeormTransactions,
  type TypeormTransactional,
} from './store/connection/transaction-source.js';
export type { InputSchema, SchemaResult, StandardSchema } from './job/input-schema.js';
export type { FailedJob } from './job/failed-job.js';
export type { JobFunctionOptions } from './job/job-function-options.js';
export { RelatedAction } from './registry/related-action.decorator.js';
export type {
  RelatedActionFunction,
  RelatedActionOptions,
  RelatedActionResult,
} from './registry/related-action.js';

export { OnJobEvent, type OnJobEventOptions } from './events/on-job-event.decorator.js';
export type { JobEvent, JobEventFilter, JobEventJob, JobEventType } from './job/job-event.js';

export { type ActorOptions } from './common/call-checks.js';
export { QueueService } from './services/queue.service.js';
export { BatchService } from './services/batch.service.js';
export type { ChangedJobs, JobChange } from './inspect/job-actions.js';
export type {
  Delayable,
  DelayableBuilder,
  DelayableThis,
  DelayableThisBuilder,
  DelayOptions,
  KnownType,
  MethodNames,
  ProviderClass,
  StoreOptions,
} from './enqueue/delayable.types.js';
export type { DelayableNode } from './enqueue/graph/delayable-node.js';
export type { DelayableJob } from './enqueue/graph/delayable-job.js';
export type { Batch, BatchCallback, BatchOptions, BatchProgress } from './enqueue/batch/batch.js';
export { chain, type DelayableChain } from './enqueue/graph/delayable-chain.js';
export { group, type DelayableGroup } from './enqueue/graph/delayable-group.js';
export type { Attempt } from './inspect/attempts.js';
export type {
  ExplainedError,
  ExplainedJob,
  JobExplanation,
  WaitReason,
} from './inspect/explain/explanation.js';
export { ChannelService, type ChannelPage, type ChannelProperties } from './services/channel.service.js';
export { JobFunctionService, type JobFunctionState } from './services/job-function.service.js';
export { NodeService } from './services/node.service.js';
export type { NodeState } from './store/nodes/node-store.js';
export { JobRunner } from './runner/job-runner.js';
export type { RunnerState } from './runner/node-state.js';
export {
  QueueHealthService,
  type QueueHealth,
  type QueueHealthOptions,
} from './observe/queue-health.service.js';
export { currentJob, type CurrentJob } from './execution-context/current-job.js';
export { jobLogFields, type JobLogFields } from './execution-context/job-log-fields.js';
export { JobConsoleLogger } from './observe/job-console-logger.js';

export { CronJob, type CronJobOptions } from './schedule/cron-job.decorator.js';
export { ScheduleService, type ScheduleFilter } from './schedule/schedule.service.js';
export type { ScheduleChange, UpsertScheduleOptions } from './schedule/schedule-input.js';
export type { ScheduleJobOptions, ScheduleTimingOptions } from './schedule/schedule-options.js';
export type { ScheduleProperties, ScheduleState } from './schedule/schedule-state.js';
export type { ScheduleRun } from './store/schedules/schedule-list-store.js';
export type { ScheduleTick } from './job/schedule-tick.js';
export type { CatchUp } from './store/schedules/schedule-definition.js';
export { nextTicks, type NextTicksOptions } from './schedule/next-ticks.js';
export type { ExpressionOptions, ScheduleExpression } from './schedule/expression/schedule-expression.js';

export type { JobMetrics, MetricEvent, MetricKey, MetricSample, MetricsSource } from './job/job-metrics.js';
export type { JobTracing, TracedAttempt, TracedCall, TracedEnd } from './job/job-tracing.js';
export type { JobOptions } from './job/job-options.js';
export type { Dependency } from './store/graphs/graph-store.js';
export type { JobFilter, JobListFilter } from './store/jobs/job-filter.js';
export type { BatchFilter } from './store/batches/batch-store.js';
export type { BatchState } from './job/batch-progress.js';
export { JOB_STATES, type JobState } from './job/job-state.js';
export { identityExact, type IdentityJob, type IdentityKey, type IdentityScope } from './job/identity-key.js';
export type { EnhancerOption } from './common/enhancer-option.js';
export type { RetryDelay, RetryPattern, SecondsPattern } from './job/retry-pattern.js';
export { exponential, type ExponentialOptions } from './job/exponential.js';
export type { JobUpdate } from './job/job-update.js';
export { IdentityTakenError } from './errors/identity-taken.error.js';
export type { OnDuplicate } from './job/key-rules.js';
export type { OnParentFailed } from './job/on-parent-failed.js';
export type { RetryOn, AttemptedJob } from './job/outcome.js';
export type { ChannelConfig, ChannelOptions } from './channel/channel-config.js';
export type { ChannelOverride, ChannelState } from './store/channels/channel-state.js';
export type { EncryptionKey, EncryptionOptions } from './payload/encryption/encryption-keys.js';
export { typeCodec, type ClassOf, type TypeCodec } from './payload/types/type-codec.js';

export { QUEUE_JOB_ENTITIES } from './store/entities/entities.js';
export { QueueJob } from './store/entities/queue-job.entity.js';
export { QueueJobHistory } from './store/entities/queue-job-history.entity.js';
export { QueueJobBatch } from './store/entities/queue-job-batch.entity.js';
export { QueueJobAttempt } from './store/entities/queue-job-attempt.entity.js';
export { QueueJobAudit } from './store/entities/queue-job-audit.entity.js';
export { QueueJobChannel } from './store/entities/queue-job-channel.entity.js';
export { QueueJobRollup } from './store/entities/queue-job-rollup.entity.js';
export { QueueJobNode } from './store/entities/queue-job-node.entity.js';
export { QueueJobSchedule } from './store/entities/queue-job-schedule.entity.js';
export { QUEUE_JOB_MIGRATIONS, queueJobMigrations } from './store/schema/migrations.js';

export { AmbiguousProviderError } from './errors/ambiguous-provider.error.js';
export { BatchClosedError } from './errors/batch-closed.error.js';
export { BatchNotFoundError } from './errors/batch-not-found.error.js';
export { ChannelConfigError } from './errors/channel-config.error.js';
export { ChannelNotFoundError } from './errors/channel-not-found.error.js';
export { CodecFailedError } from './errors/codec-failed.error.js';
export { ConnectionSilentError } from './errors/connection-silent.error.js';
export { DamagedPayloadError } from './errors/damaged-payload.error.js';
export { DecryptionError } from './errors/decryption.error.js';
export { DuplicateJobNameError } from './errors/duplicate-job-name.error.js';
export { FailedJobError } from './errors/failed-job.error.js';
export { FencedError } from './errors/fenced.error.js';
export { FinishedTimeoutError } from './errors/finished-timeout.error.js';
export { InvalidBatchError } from './errors/invalid-batch.error.js';
export { InvalidGraphError } from './errors/invalid-graph.error.js';
export { InvalidJobOptionError } from './errors/invalid-job-option.error.js';
export { InvalidModuleOptionError } from './errors/invalid-module-option.error.js';
export { InvalidScheduleError } from './errors/invalid-schedule.error.js';
export { JobCancelledError } from './errors/job-cancelled.error.js';
export { JobFailedError } from './errors/job-failed.error.js';
export { JobFoundDeadError } from './errors/job-found-dead.error.js';
export { JobNotFoundError } from './errors/job-not-found.error.js';
export { JobStateError } from './errors/job-state.error.js';
export { JobTimeoutError } from './errors/job-timeout.error.js';
export { MaxRetriesError } from './errors/max-retries.error.js';
export { MissingDataSourceError } from './errors/missing-data-source.error.js';
export { MissingPrivilegeError } from './errors/missing-privilege.error.js';
export { NoCurrentJobError } from './errors/no-current-job.error.js';
export { NodeNotFoundError } from './errors/node-not-found.error.js';
export { NodeLostError } from './errors/node-lost.error.js';
export { NotAJobError } from './errors/not-a-job.error.js';
export { NotAProviderError } from './errors/not-a-provider.error.js';
export { NothingToDoJob } from './errors/nothing-to-do-job.error.js';
export { QueueClosedError } from './errors/queue-closed.error.js';
export { QueueJobError } from './errors/queue-job.error.js';
export { ReadOnlyDatabaseError } from './errors/read-only-database.error.js';
export { RecordGoneError } from './errors/record-gone.error.js';
export { RelatedActionError } from './errors/related-action.error.js';
export { RetryableJobError, type RetryableJobErrorOptions } from './errors/retryable-job.error.js';
export { ScheduleNotFoundError } from './errors/schedule-not-found.error.js';
export { SchemaVersionError } from './errors/schema-version.error.js';
export { TransactionAbortedError } from './errors/transaction-aborted.error.js';
export { TransactionEndedError } from './errors/transaction-ended.error.js';
export { UnknownCodecError } from './errors/unknown-codec.error.js';
export { UnknownJobError } from './errors/unknown-job.error.js';
export { UnserializableArgumentError } from './errors/unserializable-argument.error.js';
export { UnsupportedDatabaseError } from './errors/unsupported-database.error.js';
export { TransactionRequiredError } from './errors/transaction-required.error.js';
export { type ArgumentIssue, InvalidArgumentsError } from './errors/invalid-arguments.error.js';
export { UnsupportedResultError } from './errors/unsupported-result.error.js';
