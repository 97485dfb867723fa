import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** There is no schedule of that name. */
export class ScheduleNotFoundError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'ScheduleNotFoundError';

  constructor(message: string, options?: ErrorOptions) {
    super('SCHEDULE_NOT_FOUND', message, options);
  }
}
