import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A retryable error met the last allowed attempt; `cause` is that error. */
export class MaxRetriesError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'MaxRetriesError';

  constructor(message: string, options?: ErrorOptions) {
    super('MAX_RETRIES', message, options);
  }
}
