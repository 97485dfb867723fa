import { QueueJobError } from './queue-job.error.js';

/** A try lasted longer than the `timeout` of its job. */
export class JobTimeoutError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('JOB_TIMEOUT', message, options);
  }
}
