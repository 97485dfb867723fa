import { QueueJobError } from './queue-job.error.js';

/** An entity among the arguments of a job no longer exists. `@Job({ missing: 'null' })` passes `null` instead. */
export class RecordGoneError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('RECORD_GONE', message, options);
  }
}
