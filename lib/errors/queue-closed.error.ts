import { QueueJobError } from './queue-job.error.js';

/** The application was closed while a call waited for a transaction of somebody else. Nothing was stored. */
export class QueueClosedError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('QUEUE_CLOSED', message, options);
  }
}
