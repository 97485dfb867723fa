import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** What was delayed is no provider of this application, neither an instance nor a token of one. */
export class NotAProviderError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NotAProviderError';

  constructor(message: string, options?: ErrorOptions) {
    super('NOT_A_PROVIDER', message, options);
  }
}
