import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A method without `@Job()` was delayed; the message lists the jobs that its provider has. */
export class NotAJobError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NotAJobError';

  constructor(message: string, options?: ErrorOptions) {
    super('NOT_A_JOB', message, options);
  }
}
