import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** `finished()` waited as long as it was told to, and the job had not ended. */
export class FinishedTimeoutError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'FinishedTimeoutError';

  constructor(message: string, options?: ErrorOptions) {
    super('FINISHED_TIMEOUT', message, options);
  }
}
