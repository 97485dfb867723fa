import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** In a test without a database: somebody waits for a job that nothing will run. */
export class JobNotRunError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobNotRunError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_NOT_RUN', message, options);
  }
}
