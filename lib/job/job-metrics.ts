import { wrongValue } from '../common/option-checks.js';
import { checkTags } from './tags.js';

/** The kinds of figures: a level, a number that grows, and how long things took. */
export type MetricKind = 'gauge' | 'counter' | 'histogram';

/** One figure, whatever system it goes to. */
export interface MetricDefinition {
  /** With dots, as OpenTelemetry has it; {@link prometheusNameOf} says how it is called there. */
  readonly name: string;
  readonly kind: MetricKind;
  /** `s` for seconds, else what is counted, in braces. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Every figure that the library has. The names of labels are part of the contract, as dashboards and alerts use them. */
// prettier-ignore
export const METRICS = {
  waiting: { name: 'queue_job.waiting', kind: 'gauge', unit: '{job}', labels: ['channel', 'job'], help: 'Jobs that wait for parents, their eta or their turn; at least so many above 50,000' },
  running: { name: 'queue_job.running', kind: 'gauge', unit: '{job}', labels: ['channel', 'job'], help: 'Jobs that nodes have' },
  failed: { name: 'queue_job.failed', kind: 'gauge', unit: '{job}', labels: ['channel', 'job'], help: 'Failed jobs that nobody has dealt with' },
  oldest: { name: 'queue_job.oldest_waiting', kind: 'gauge', unit: 's', labels: ['channel'], help: 'How long the job that has waited longest in this channel has been ready' },
  capacity: { name: 'queue_job.channel.capacity', kind: 'gauge', unit: '{job}', labels: ['channel'], help: 'How many jobs of a channel and those below it may run at once' },
  permits: { name: 'queue_job.channel.permits', kind: 'gauge', unit: '{permit}', labels: ['channel'], help: 'Permits of a limited channel that nodes hold' },
  paused: { name: 'queue_job.channel.paused', kind: 'gauge', unit: '{channel}', labels: ['channel'], help: '1 while a channel is paused' },
  nodes: { name: 'queue_job.nodes', kind: 'gauge', unit: '{node}', labels: ['state'], help: 'Living nodes by their state' },
  slots: { name: 'queue_job.slots', kind: 'gauge', unit: '{job}', labels: [], help: 'How many jobs all living nodes together can run at once' },
  lateness: { name: 'queue_job.schedule.lateness', kind: 'gauge', unit: 's', labels: ['schedule'], help: 'How long the next tick of a schedule has been due without being stored' },
  notificationQueue: { name: 'queue_job.notification_queue', kind: 'gauge', unit: '{ratio}', labels: [], help: 'The part of the notification queue of PostgreSQL that is full, from 0 to 1' },
  attempts: { name: 'queue_job.attempts', kind: 'counter', unit: '{attempt}', labels: ['channel', 'job', 'outcome'], help: 'Attempts that ended on this node: done, failed for good, retried or cancelled' },
  lostNotifications: { name: 'queue_job.notifications.lost', kind: 'counter', unit: '{notification}', labels: [], help: 'Notifications of this process that PostgreSQL did not take; their jobs are found by polling' },
  wait: { name: 'queue_job.wait', kind: 'histogram', unit: 's', labels: ['channel', 'job'], help: 'From the moment a job could run to the start of its attempt on this node' },
  run: { name: 'queue_job.run', kind: 'histogram', unit: 's', labels: ['channel', 'job'], help: 'How long attempts ran on this node' },
  taggedAttempts: { name: 'queue_job.tagged.attempts', kind: 'counter', unit: '{attempt}', labels: ['tag', 'outcome'], help: 'Attempts of jobs with this tag that ended on this node; one with two tags counts under both' },
  taggedWait: { name: 'queue_job.tagged.wait', kind: 'histogram', unit: 's', labels: ['tag'], help: 'From the moment a job with this tag could run to the start of its attempt on this node' },
  taggedRun: { name: 'queue_job.tagged.run', kind: 'histogram', unit: 's', labels: ['tag'], help: 'How long attempts of jobs with this tag ran on this node' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** A figure of {@link METRICS}. */
export type MetricKey = keyof typeof METRICS;

/** The upper bounds of the histograms, in seconds. */
export const BUCKETS: readonly number[] = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200];

/** `queue_job_wait_seconds`, `queue_job_attempts_total`. */
export function prometheusNameOf({ name, kind, unit }: MetricDefinition): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`;
}

/** A level at the moment of the last look. */
export interface MetricSample {
  readonly metric: MetricKey;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that happened on this node. */
export interface MetricEvent {
  readonly metric: MetricKey;
  readonly labels: Readonly<Record<string, string>>;
  /** What a counter grows by, or what a histogram has measured. */
  readonly value: number;
}

/** Where the levels come from. */
export interface MetricsSource {
  /** All of them: one query to the database, and no more than one in 15 s, however often it is called. */
  read(): Promise<readonly MetricSample[]>;
}

/**
 * The module option `metrics`: where figures go. `nestjs-queue-job/opentelemetry` and `nestjs-queue-job/prometheus` have
 * ready-made ones.
 */
export interface JobMetrics {
  /** Called when the application has started; returns what ends it. */
  start(source: MetricsSource): () => void;
  /** Called for each attempt that ends and each notification that is lost: it must be quick. */
  record(event: MetricEvent): void;
  /** At most so many pairs of channel and job function have series of their own; the others are `other`. Default: 500. */
  readonly maxSeries?: number;
  /** The tags that have series of their own, see {@link checkMetricTags}. Default: none. */
  readonly tags?: readonly string[];
}

/** So many tags may have series: a tag may be as rare as a customer, and a series is dear to keep. */
const MAX_METRIC_TAGS = 50;

/**
 * The tags whose attempts are measured.
 *
 * @throws InvalidJobOptionError where it is no list of tags, or has more than 50
 */
export function checkMetricTags(value: unknown): readonly string[] {
  return checkTags('tags', value, MAX_METRIC_TAGS);
}

/** @throws InvalidJobOptionError */
export function checkMaxSeries(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw wrongValue('maxSeries', 'a whole number from 0', value);
}
