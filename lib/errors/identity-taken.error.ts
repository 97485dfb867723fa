import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A call would replace a job that it can't: one of another job function, or one that a transaction must not lock. */
export class IdentityTakenError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'IdentityTakenError';

  constructor(message: string, options?: ErrorOptions) {
    super('IDENTITY_TAKEN', message, options);
  }
}
