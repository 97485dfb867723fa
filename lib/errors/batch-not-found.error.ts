import { QueueJobError } from './queue-job.error.js';

/** There is no such batch: its transaction was rolled back or has not committed yet, or it was removed long after its end. */
export class BatchNotFoundError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('BATCH_NOT_FOUND', message, options);
  }
}
