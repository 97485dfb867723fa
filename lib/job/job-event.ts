/** What can happen to a job. */
export const JOB_EVENT_TYPES = ['enqueued', 'started', 'retried', 'done', 'failed', 'cancelled'] as const;

/**
 * What has happened to a job: it was stored (`enqueued`), an attempt has `started`, another attempt will follow (`retried`),
 * or it has ended. An attempt that ends within some 50 ms reports its end alone.
 */
export type JobEventType = (typeof JOB_EVENT_TYPES)[number];

/** The job of an event, as it was then. */
export interface JobEventJob {
  readonly uuid: string;
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  readonly description: string;
  /** The full path. */
  readonly channel: string;
  readonly tags: readonly string[];
  /** The number of the current or last attempt; 0 before the first. */
  readonly attempt: number;
  /** The attempts allowed; 0 is without end. */
  readonly maxRetries: number;
}

/** Something that has happened to a job, and is committed. */
export interface JobEvent {
  readonly type: JobEventType;
  readonly job: JobEventJob;
  /** By the clock of the process. */
  readonly at: Date;
  /** How long the attempt that has ended ran, in milliseconds. */
  readonly durationMs?: number;
  /** Of the attempt that has ended. The stack stays in the process in which it happened. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
  /** Of a job that is retried: not before then. */
  readonly nextAttemptAt?: Date;
  /** The number of the node that had the job; null if none had. */
  readonly node: number | null;
}

/** Which jobs a listener wants to hear of; what is left out leaves nothing out. */
export interface JobEventFilter {
  /** The name of the job, or several of which any will do. */
  readonly name?: string | readonly string[];
  /** The full path of a channel: that one and those below it. */
  readonly channel?: string;
  /** All of these. */
  readonly tags?: readonly string[];
}

/** Whether an event is about such a job. */
export function matchesEvent({ job }: JobEvent, { name, channel, tags }: JobEventFilter): boolean {
  if (name !== undefined && !(typeof name === 'string' ? [name] : name).includes(job.name)) return false;
  if (channel !== undefined && job.channel !== channel && !job.channel.startsWith(`${channel}.`))
    return false;
  return tags === undefined || tags.every((tag) => job.tags.includes(tag));
}

/** What has happened to a job outside of an attempt. */
export function eventOfJob(
  type: JobEventType,
  job: Omit<JobEventJob, 'attempt'> & { readonly retry: number },
): JobEvent {
  const { uuid, name, description, channel, tags, retry, maxRetries } = job;
  return {
    type,
    job: { uuid, name, description, channel, tags, attempt: retry, maxRetries },
    at: new Date(),
    node: null,
  };
}
