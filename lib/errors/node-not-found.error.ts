import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** There is no such node, or it has ended. */
export class NodeNotFoundError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NodeNotFoundError';

  constructor(message: string, options?: ErrorOptions) {
    super('NODE_NOT_FOUND', message, options);
  }
}
