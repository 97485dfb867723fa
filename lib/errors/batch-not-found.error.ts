import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** There is no such batch: its transaction was rolled back or has not committed yet, or it was removed long after its end. */
export class BatchNotFoundError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'BatchNotFoundError';

  constructor(message: string, options?: ErrorOptions) {
    super('BATCH_NOT_FOUND', message, options);
  }
}
