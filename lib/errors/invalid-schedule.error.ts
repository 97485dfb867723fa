import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** An expression, a time zone or another option of a schedule is not one of the allowed values. Nothing was stored. */
export class InvalidScheduleError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidScheduleError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_SCHEDULE', message, options);
  }
}
