import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** An entity among the arguments of a job no longer exists. `@Job({ missing: 'null' })` passes `null` instead. */
export class RecordGoneError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'RecordGoneError';

  constructor(message: string, options?: ErrorOptions) {
    super('RECORD_GONE', message, options);
  }
}
