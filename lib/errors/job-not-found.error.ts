import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** No job with that uuid is stored: it never was, its transaction was rolled back, or retention removed it. */
export class JobNotFoundError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobNotFoundError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_NOT_FOUND', message, options);
  }
}
