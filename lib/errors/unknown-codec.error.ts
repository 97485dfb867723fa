import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** What is stored of a job has a type or an entity that this application does not know. */
export class UnknownCodecError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'UnknownCodecError';

  constructor(message: string, options?: ErrorOptions) {
    super('UNKNOWN_CODEC', message, options);
  }
}
