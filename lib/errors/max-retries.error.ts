import { QueueJobError } from './queue-job.error.js';

/** A retryable error met the last allowed try; `cause` is that error. */
export class MaxRetriesError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('MAX_RETRIES', message, options);
  }
}
