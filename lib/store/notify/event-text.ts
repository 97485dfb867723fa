import { JOB_EVENT_TYPES, type JobEvent, type JobEventJob } from '../../job/job-event.js';

/** A notification carries this many bytes of events at most; more of them go with the next. */
const MOST_BYTES = 6_500;
/** Characters of a description and of an error's message that other processes get. */
const MOST_DESCRIPTION = 200;
const MOST_MESSAGE = 500;

/** Events as texts that fit into one notification each. An event that is too long on its own is left out. */
export function encodeEvents(events: readonly JobEvent[]): string[] {
  const texts: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (parts.length > 0) texts.push(`[${parts.join(',')}]`);
    parts = [];
    bytes = 0;
  };
  for (const event of events) {
    const text = JSON.stringify(shortened(event));
    const length = Buffer.byteLength(text) + 1;
    if (length > MOST_BYTES) continue;
    if (bytes + length > MOST_BYTES) flush();
    parts.push(text);
    bytes += length;
  }
  flush();
  return texts;
}

function shortened(event: JobEvent): JobEvent {
  const { error, job } = event;
  return {
    ...event,
    job: { ...job, description: job.description.slice(0, MOST_DESCRIPTION) },
    ...(error === undefined
      ? {}
      : { error: { name: error.name, message: error.message.slice(0, MOST_MESSAGE) } }),
  };
}

/** Every role of the database can send a notification: only what has its right form is an event. */
export function readEvents(given: unknown): JobEvent[] {
  return Array.isArray(given) ? given.flatMap((one: unknown) => readEvent(one) ?? []) : [];
}

function readEvent(given: unknown): JobEvent | undefined {
  const { type, job, at, durationMs, error, nextAttemptAt, node } = recordOf(given);
  const read = readJob(job);
  const [when, next] = [dateOf(at), dateOf(nextAttemptAt)];
  if (!JOB_EVENT_TYPES.includes(type as JobEvent['type']) || read === undefined || when === undefined)
    return undefined;
  const { name, message } = recordOf(error);
  return {
    type: type as JobEvent['type'],
    job: read,
    at: when,
    node: typeof node === 'number' ? node : null,
    ...(typeof durationMs === 'number' && { durationMs }),
    ...(next !== undefined && { nextAttemptAt: next }),
    ...(typeof name === 'string' && typeof message === 'string' && { error: { name, message } }),
  };
}

function readJob(given: unknown): JobEventJob | undefined {
  const { uuid, name, description, channel, tags, attempt, maxRetries } = recordOf(given);
  const isJob =
    [uuid, name, description, channel].every((text) => typeof text === 'string') &&
    [attempt, maxRetries].every((number) => typeof number === 'number') &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string');
  return isJob ? ({ uuid, name, description, channel, tags, attempt, maxRetries } as JobEventJob) : undefined;
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
