import type { JobEvent, JobEventType } from '../../job/job-event.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RescuedAttempt } from '../../store/nodes/rescued-attempt.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult, EndedAttempt } from '../attempt/attempt-result.js';

/** What the end of an attempt is to those who listen. Times of the monotonic clock become dates. */
export function endEvent({ attempt, at, result }: EndedAttempt, node: number): JobEvent {
  const ended = dateOf(at);
  const failure = 'failure' in result ? result.failure : undefined;
  const seconds = result.kind === 'retry' || result.kind === 'settled' ? result.seconds : undefined;
  return {
    ...eventOf(typeOf(result), attempt.job, ended, node),
    ...(attempt.startedAt <= at && { durationMs: at - attempt.startedAt }),
    ...(failure !== undefined && {
      error: { name: failure.name, message: failure.message, stack: failure.stack },
    }),
    ...(seconds !== undefined && { nextAttemptAt: new Date(ended.getTime() + seconds * 1_000) }),
  };
}

export const startEvent = (attempt: RunningAttempt, node: number): JobEvent =>
  eventOf(
    'started',
    attempt.job,
    attempt.startedAt === Infinity ? new Date() : dateOf(attempt.startedAt),
    node,
  );

/** A job that was cancelled before it began. */
export const dropEvent = (job: ClaimedJob, node: number): JobEvent =>
  eventOf('cancelled', job, new Date(), node);

/** What has become of the job of a node that died; undefined if it had not begun. */
export function rescueEvent(attempt: RescuedAttempt, node: number): JobEvent | undefined {
  if (attempt.kind === 'back') return undefined;
  const at = new Date();
  return {
    ...eventOf(attempt.kind, attempt, at, node),
    durationMs: attempt.run * 1_000,
    error: { name: 'JobFoundDeadError', message: attempt.message },
    ...(attempt.kind === 'retried' && { nextAttemptAt: new Date(at.getTime() + attempt.seconds * 1_000) }),
  };
}

function eventOf(
  type: JobEventType,
  job: Pick<ClaimedJob, 'uuid' | 'name' | 'description' | 'channel' | 'tags' | 'retry' | 'maxRetries'>,
  at: Date,
  node: number,
): JobEvent {
  const { uuid, name, description, channel, tags, retry, maxRetries } = job;
  return {
    type,
    job: { uuid, name, description, channel, tags: tags ?? [], attempt: retry, maxRetries },
    at,
    node,
  };
}

function typeOf(result: AttemptResult): JobEventType {
  if (result.kind === 'settled') return result.seconds === undefined ? 'done' : 'retried';
  if (result.kind === 'expired') return 'cancelled';
  return result.kind === 'retry' ? 'retried' : result.kind;
}

const dateOf = (time: number): Date => new Date(Date.now() - (performance.now() - time));
