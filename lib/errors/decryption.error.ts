import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** What a job carries can not be decrypted: its key is missing here, or is another one, or the stored text was changed. */
export class DecryptionError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'DecryptionError';

  constructor(message: string, options?: ErrorOptions) {
    super('DECRYPTION', message, options);
  }
}
