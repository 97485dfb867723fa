import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A job's method returned what nobody would run, such as a generator. */
export class UnsupportedResultError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'UnsupportedResultError';

  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED_RESULT', message, options);
  }
}
