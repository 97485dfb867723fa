import { Column, type ValueTransformer } from 'typeorm';
import type { JobState } from '../../job/job-state.js';
import type { OnParentFailed } from '../../job/on-parent-failed.js';
import { readTick, type ScheduleTick } from '../../job/schedule-tick.js';

/** The driver of the application's data source parses JSON. */
const storedTick: ValueTransformer = {
  from: (value: unknown) => (value === null ? null : readTick(JSON.stringify(value))),
  to: (value: unknown) => value,
};

/** A job without tags has none in its row. */
const storedTags: ValueTransformer = {
  from: (value: string[] | null) => value ?? [],
  to: (value: readonly string[] | null) => (value === null || value.length === 0 ? null : value),
};

/** What a live and a finished job have in common: the fields of Odoo's `Job`, in camelCase. */
export abstract class JobRecord<R = unknown> {
  /** The order of creation; with `priority` it is the order in which jobs run. */
  abstract seq: number;

  @Column({ name: 'state', type: 'text', default: 'pending' })
  state!: JobState;

  /** `Provider.method` (Odoo's `job_function_name`). */
  @Column({ name: 'name', type: 'text' })
  name!: string;

  /** The full path, such as `root.erp.orders`. */
  @Column({ name: 'channel', type: 'text', collation: 'C', default: 'root' })
  channel!: string;

  /** Smaller runs first; 0 is the highest. */
  @Column({ name: 'priority', type: 'integer', default: 10 })
  priority!: number;

  /** The number of the current or last attempt: 0 before the first. */
  @Column({ name: 'retry', type: 'integer', default: 0 })
  retry!: number;

  /** How many attempts there may be; 0 is without end. */
  @Column({ name: 'max_retries', type: 'integer', default: 5 })
  maxRetries!: number;

  /** The node that has the job, or that ended it. */
  @Column({ name: 'node', type: 'integer', nullable: true })
  node!: number | null;

  /** The arguments as the codec stored them; `QueueService` returns the decoded ones. */
  @Column({ name: 'args', type: 'json', default: '[]' })
  args!: unknown[];

  @Column({ name: 'result', type: 'json', nullable: true })
  result!: R | null;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  @Column({ name: 'identity_key', type: 'text', nullable: true })
  identityKey!: string | null;

  /** True where the identity key counts until the end of the job, false where only while it waits. */
  @Column({ name: 'identity_until_done', type: 'boolean', default: false })
  identityUntilDone!: boolean;

  /** Words to find the job by. */
  @Column({ name: 'tags', type: 'jsonb', nullable: true, transformer: storedTags })
  tags!: string[];

  /** The job starts no earlier. */
  @Column({ name: 'eta', type: 'timestamptz', nullable: true })
  eta!: Date | null;

  /** A job that has not begun by then is cancelled, with `Expired` as its result. */
  @Column({ name: 'start_before', type: 'timestamptz', nullable: true })
  startBefore!: Date | null;

  /** What a parent that fails for good means for the job; null, as `'wait'`: it waits until somebody decides. */
  @Column({ name: 'on_parent_failed', type: 'text', nullable: true })
  onParentFailed!: OnParentFailed | null;

  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId!: string | null;

  /** What the module option `context.capture` gave when the job was enqueued. */
  @Column({ name: 'context', type: 'json', nullable: true })
  context!: unknown;

  /** Where the call was made, as the `traceparent` of W3C Trace Context; null unless the module option `tracing` is set. */
  @Column({ name: 'trace', type: 'text', nullable: true })
  trace!: string | null;

  /** The graph that the job belongs to; null for a single job. */
  @Column({ name: 'graph_uuid', type: 'uuid', nullable: true })
  graphUuid!: string | null;

  /** The batch that the job is a member of; null for none. */
  @Column({ name: 'batch_uuid', type: 'uuid', nullable: true })
  batchUuid!: string | null;

  /** The name of the schedule whose tick the job is; null for others. */
  @Column({ name: 'schedule', type: 'text', collation: 'C', nullable: true })
  schedule!: string | null;

  /** The tick, which no other job of the schedule has. */
  @Column({ name: 'scheduled_at', type: 'timestamptz', nullable: true })
  scheduledAt!: Date | null;

  /** Which tick of its schedule the job is; null for a job of none. */
  @Column({ name: 'tick', type: 'json', nullable: true, transformer: storedTick })
  tick!: ScheduleTick | null;

  @Column({ name: 'has_children', type: 'boolean', default: false })
  hasChildren!: boolean;

  @Column({ name: 'date_created', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateCreated!: Date;

  @Column({ name: 'date_enqueued', type: 'timestamptz', nullable: true })
  dateEnqueued!: Date | null;

  @Column({ name: 'date_started', type: 'timestamptz', nullable: true })
  dateStarted!: Date | null;

  @Column({ name: 'date_done', type: 'timestamptz', nullable: true })
  dateDone!: Date | null;

  /** Seconds that the last attempt ran. */
  @Column({ name: 'exec_time', type: 'double precision', nullable: true })
  execTime!: number | null;

  @Column({ name: 'exc_name', type: 'text', nullable: true })
  excName!: string | null;

  @Column({ name: 'exc_message', type: 'text', nullable: true })
  excMessage!: string | null;

  /** The stack of the last error, with its causes. */
  @Column({ name: 'exc_info', type: 'text', nullable: true })
  excInfo!: string | null;

  /** What errors of the same kind have in common, whatever numbers and names their messages hold. */
  @Column({ name: 'exc_fingerprint', type: 'text', nullable: true })
  excFingerprint!: string | null;

  /** As last told by `currentJob().progress(done, total)`. */
  @Column({ name: 'progress', type: 'double precision', nullable: true })
  progress!: number | null;

  @Column({ name: 'progress_total', type: 'double precision', nullable: true })
  progressTotal!: number | null;

  /** The job whose failure this one reports, as the `onFailed` of that job asks; null for any other job. */
  @Column({ name: 'failure_of', type: 'uuid', nullable: true })
  failureOf!: string | null;

  /** The class of Odoo's `model_name`: what stands before the last dot of `name`. */
  get providerName(): string {
    return this.name.slice(0, Math.max(0, this.name.lastIndexOf('.')));
  }

  /** Odoo's `func`: what stands after the last dot of `name`. */
  get methodName(): string {
    return this.name.slice(this.name.lastIndexOf('.') + 1);
  }

  /** The call as one would write it (Odoo's `func_string`), for people. */
  get funcString(): string {
    return `${this.name}(${this.args.map((argument) => JSON.stringify(argument) ?? 'undefined').join(', ')})`;
  }
}
