import { eventOfJob, type JobEvent, type JobEventType } from '../job/job-event.js';
import type { MemoryJob } from './memory-jobs.js';

/** What the end of the attempt is that a job in memory has just had. */
export function memoryEvent({ job }: MemoryJob): JobEvent {
  const type = job.state === 'pending' ? 'retried' : (job.state as JobEventType);
  const { dateStarted, excInfo, excMessage, excName } = job;
  return {
    ...eventOfJob(type, job),
    ...(dateStarted !== null && { durationMs: Math.max(0, Date.now() - dateStarted.getTime()) }),
    ...(excName !== null && { error: { name: excName, message: excMessage ?? '', stack: excInfo ?? '' } }),
    ...(type === 'retried' && { nextAttemptAt: job.eta ?? new Date() }),
  };
}
