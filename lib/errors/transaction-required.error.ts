import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A job with `requireTransaction` was to be stored outside of a transaction. Nothing was stored. */
export class TransactionRequiredError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'TransactionRequiredError';

  constructor(message: string, options?: ErrorOptions) {
    super('TRANSACTION_REQUIRED', message, options);
  }
}
