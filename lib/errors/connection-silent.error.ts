import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/**
 * A connection of the library stays open but carries nothing: PostgreSQL does not work on the statement that was sent, and
 * no answer arrives. The connection is replaced; whether the statement was executed is unknown.
 */
export class ConnectionSilentError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'ConnectionSilentError';

  constructor(message: string, options?: ErrorOptions) {
    super('CONNECTION_SILENT', message, options);
  }
}
