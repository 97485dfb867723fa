import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** This node lost its session with PostgreSQL for longer than the grace; the `reason` of the `AbortSignal` of its jobs. */
export class NodeLostError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NodeLostError';

  constructor(message: string, options?: ErrorOptions) {
    super('NODE_LOST', message, options);
  }
}
