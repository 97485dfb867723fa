/**
 * The names of OpenTelemetry's semantic conventions for messaging (1.3x, `messaging.*` still in development there), and our
 * own beside them. Names change with the conventions: this is the only file that has them.
 */
export const ATTRIBUTES = {
  system: 'messaging.system',
  destination: 'messaging.destination.name',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  messageId: 'messaging.message.id',
  batchCount: 'messaging.batch.message_count',
  errorType: 'error.type',
  jobName: 'queue_job.name',
  attempt: 'queue_job.attempt',
  maxRetries: 'queue_job.max_retries',
  outcome: 'queue_job.outcome',
} as const;

/** The value of `messaging.system`. */
export const SYSTEM = 'nestjs_queue_job';

/** The operations by name, with the type that the conventions have for each. */
export const OPERATIONS = {
  enqueue: { name: 'enqueue', type: 'send' },
  process: { name: 'process', type: 'process' },
} as const;

/** The name of the tracer and of the meter: that of this package. */
export const SCOPE = 'nestjs-queue-job';
