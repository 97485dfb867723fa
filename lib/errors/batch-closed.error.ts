import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Something was to be added to a batch that is closed. Nothing was stored. */
export class BatchClosedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'BatchClosedError';

  constructor(message: string, options?: ErrorOptions) {
    super('BATCH_CLOSED', message, options);
  }
}
