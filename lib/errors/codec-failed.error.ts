import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A codec of the application threw when it decoded a value; its error is the `cause`. */
export class CodecFailedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'CodecFailedError';

  constructor(message: string, options?: ErrorOptions) {
    super('CODEC_FAILED', message, options);
  }
}
