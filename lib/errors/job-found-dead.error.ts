import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The node that ran the job died, and the job had used up its attempts. */
export class JobFoundDeadError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobFoundDeadError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_FOUND_DEAD', message, options);
  }
}
