import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A channel configuration can not be read; the message quotes the entry. */
export class ChannelConfigError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'ChannelConfigError';

  constructor(message: string, options?: ErrorOptions) {
    super('CHANNEL_CONFIG', message, options);
  }
}
