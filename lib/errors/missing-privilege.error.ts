import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The role of the data source may not do what the start needs; the message has the SQL that allows it. */
export class MissingPrivilegeError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'MissingPrivilegeError';

  constructor(message: string, options?: ErrorOptions) {
    super('MISSING_PRIVILEGE', message, options);
  }
}
