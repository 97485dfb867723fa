import type { QueueJob } from 'nestjs-queue-job';

/** What the API tells of a job. */
export type JobView = ReturnType<typeof viewOf>;

export function viewOf(job: QueueJob) {
  return {
    uuid: job.uuid,
    name: job.name,
    description: job.description,
    state: job.state,
    channel: job.channel,
    priority: job.priority,
    try: job.retry,
    maxTries: job.maxRetries,
    eta: job.eta,
    created: job.dateCreated,
    started: job.dateStarted,
    ended: job.dateDone,
    seconds: job.execTime,
    progress: job.progress === null ? null : { done: job.progress, total: job.progressTotal },
    result: job.result,
    error: job.excName && `${job.excName}: ${job.excMessage}`,
    deduplicated: job.deduplicated ?? false,
  };
}
