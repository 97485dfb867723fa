import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Another node has taken the job over (or it ended meanwhile), so the end of this attempt was not written. */
export class FencedError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'FencedError';

  constructor(message: string, options?: ErrorOptions) {
    super('FENCED', message, options);
  }
}
