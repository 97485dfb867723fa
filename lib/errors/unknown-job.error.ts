import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** No provider of this application has a job of that name. */
export class UnknownJobError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'UnknownJobError';

  constructor(message: string, options?: ErrorOptions) {
    super('UNKNOWN_JOB', message, options);
  }
}
