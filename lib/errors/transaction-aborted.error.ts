import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/**
 * A transactional job whose transaction PostgreSQL has rolled back, although its method returned: a query that nobody
 * awaited has failed, or was still under way. Nothing of the attempt is left.
 */
export class TransactionAbortedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'TransactionAbortedError';

  constructor(message: string, options?: ErrorOptions) {
    super('TRANSACTION_ABORTED', message, options);
  }
}
