import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/**
 * A job was to be stored in a transaction that has ended: its connection may be somebody else's by now. Nothing was
 * stored. Mostly an `await` is missing where the job is stored.
 */
export class TransactionEndedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'TransactionEndedError';

  constructor(message: string, options?: ErrorOptions) {
    super('TRANSACTION_ENDED', message, options);
  }
}
