import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** No channel of that name is known. */
export class ChannelNotFoundError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'ChannelNotFoundError';

  constructor(message: string, options?: ErrorOptions) {
    super('CHANNEL_NOT_FOUND', message, options);
  }
}
