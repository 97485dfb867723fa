import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Several providers are of the class that was delayed; the message lists their tokens. Nothing was stored. */
export class AmbiguousProviderError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'AmbiguousProviderError';

  constructor(message: string, options?: ErrorOptions) {
    super('AMBIGUOUS_PROVIDER', message, options);
  }
}
