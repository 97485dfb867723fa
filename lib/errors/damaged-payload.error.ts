import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** What is stored of a job is no JSON that this library wrote; the message says where. */
export class DamagedPayloadError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'DamagedPayloadError';

  constructor(message: string, options?: ErrorOptions) {
    super('DAMAGED_PAYLOAD', message, options);
  }
}
