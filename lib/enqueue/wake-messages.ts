import type { StoredJob } from '../store/insert/new-job.js';
import type { NotifierMessage } from '../store/notify/notifier.js';

/** What to tell the runners of jobs that may run. */
export function wakeFor(rows: readonly Pick<StoredJob, 'dueIn'>[]): NotifierMessage {
  const message: NotifierMessage = {};
  for (const { dueIn } of rows) {
    if (dueIn === null || dueIn <= 0) message.ready = true;
    else message.dueIn = Math.min(message.dueIn ?? Infinity, dueIn);
  }
  return message;
}
