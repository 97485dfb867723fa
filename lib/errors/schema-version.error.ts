import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The tables are older or newer than this version of the library can work with. */
export class SchemaVersionError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'SchemaVersionError';

  constructor(message: string, options?: ErrorOptions) {
    super('SCHEMA_VERSION', message, options);
  }
}
