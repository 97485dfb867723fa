import { QueueJobError } from './queue-job.error.js';

/** A method without `@Job()` was delayed; the message lists the jobs that its provider has. */
export class NotAJobError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_A_JOB', message, options);
  }
}
