import { QueueJobError } from './queue-job.error.js';

/** `currentJob()` was called outside of a job. */
export class NoCurrentJobError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('NO_CURRENT_JOB', message, options);
  }
}
