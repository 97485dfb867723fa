import type { NewJob, StoredJob } from '../store/insert/new-job.js';
import type { NotifierMessage } from '../store/notify/notifier-message.js';
import { readyJobsOf } from '../store/notify/ready-jobs.js';

/** What to tell the runners of jobs that may run; `jobs` are those that were to be stored. */
export function wakeFor(
  rows: readonly Pick<StoredJob, 'uuid' | 'dueIn'>[],
  jobs: readonly Pick<NewJob, 'uuid' | 'name' | 'channel'>[],
): NotifierMessage {
  const message: NotifierMessage = {};
  const ready = new Set<string>();
  for (const { uuid, dueIn } of rows) {
    if (dueIn === null || dueIn <= 0) ready.add(uuid);
    else message.dueIn = Math.min(message.dueIn ?? Infinity, dueIn);
  }
  const entries = readyJobsOf(jobs.filter(({ uuid }) => ready.has(uuid)));
  if (entries.length > 0) message.jobs = entries;
  return message;
}
