import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** `currentJob()` was called outside of a job. */
export class NoCurrentJobError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NoCurrentJobError';

  constructor(message: string, options?: ErrorOptions) {
    super('NO_CURRENT_JOB', message, options);
  }
}
