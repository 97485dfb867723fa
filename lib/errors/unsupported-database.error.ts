import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The data source is not PostgreSQL, or its server is older than 15. */
export class UnsupportedDatabaseError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'UnsupportedDatabaseError';

  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED_DATABASE', message, options);
  }
}
