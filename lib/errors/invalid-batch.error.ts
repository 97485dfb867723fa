import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A batch can't be made or looked for as it was asked; the message says what was given and what is allowed. Nothing was stored. */
export class InvalidBatchError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidBatchError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_BATCH', message, options);
  }
}
