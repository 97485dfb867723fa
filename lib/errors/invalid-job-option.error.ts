import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A property of a job, or an option of `@Job()`, is not one of the allowed values. Nothing was stored. */
export class InvalidJobOptionError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidJobOptionError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_JOB_OPTION', message, options);
  }
}
