import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** What `finished()` rejects with when a job failed on another node: it carries the stored name, message and stack. */
export class JobFailedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobFailedError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_FAILED', message, options);
  }
}
