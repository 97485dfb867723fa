import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** The state of the job does not allow what was asked; the message names the state and the states that do. */
export class JobStateError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'JobStateError';

  constructor(message: string, options?: ErrorOptions) {
    super('JOB_STATE', message, options);
  }
}
