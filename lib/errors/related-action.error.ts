import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A related action names no method of its provider, or returns something that can not be opened. */
export class RelatedActionError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'RelatedActionError';

  constructor(message: string, options?: ErrorOptions) {
    super('RELATED_ACTION', message, options);
  }
}
