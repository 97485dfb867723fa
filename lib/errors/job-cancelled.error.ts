import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/**
 * The job was cancelled. It is the `reason` of the `AbortSignal`, and what `finished()` rejects with. A method that throws
 * it cancels its own job.
 */
export class JobCancelledError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobCancelledError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_CANCELLED', message, options);
  }
}
