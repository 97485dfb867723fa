import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Jobs were put together in a way that no order of runs satisfies, or that names a job twice. Nothing was stored. */
export class InvalidGraphError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidGraphError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_GRAPH', message, options);
  }
}
