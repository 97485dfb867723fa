import { QueueJobError } from './queue-job.error.js';

/** There is no schedule of that name. */
export class ScheduleNotFoundError extends QueueJobError {
  constructor(message: string, options?: ErrorOptions) {
    super('SCHEDULE_NOT_FOUND', message, options);
  }
}
