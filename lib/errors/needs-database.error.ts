import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** In a test without a database: only PostgreSQL can do this. */
export class NeedsDatabaseError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NeedsDatabaseError';

  constructor(what: string, options?: ErrorOptions) {
    super('NEEDS_DATABASE', `${what} needs QueueJobTestingModule.forRoot({ mode: 'database' }).`, options);
  }
}
