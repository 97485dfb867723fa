import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** An attempt lasted longer than the `timeout` of its job. */
export class JobTimeoutError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobTimeoutError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_TIMEOUT', message, options);
  }
}
