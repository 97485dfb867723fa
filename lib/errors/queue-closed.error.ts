import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The application was closed while a call waited for a transaction of somebody else. Nothing was stored. */
export class QueueClosedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'QueueClosedError';

  constructor(message: string, options?: ErrorOptions) {
    super('QUEUE_CLOSED', message, options);
  }
}
