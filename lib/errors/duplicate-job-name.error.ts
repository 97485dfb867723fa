import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Two methods answer to one job name; the message names both. */
export class DuplicateJobNameError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'DuplicateJobNameError';

  constructor(message: string, options?: ErrorOptions) {
    super('DUPLICATE_JOB_NAME', message, options);
  }
}
