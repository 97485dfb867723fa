import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Thrown by a job to fail at once, whatever `retryOn` says (Odoo's `FailedJobError`). */
export class FailedJobError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'FailedJobError';

  constructor(message: string, options?: ErrorOptions) {
    super('FAILED_JOB', message, options);
  }
}
