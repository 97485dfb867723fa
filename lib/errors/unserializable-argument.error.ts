import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** An argument can not be carried as JSON. Nothing was stored. */
export class UnserializableArgumentError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'UnserializableArgumentError';

  /** Where the value stands, such as `args[0].items[3].run`. */
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super('UNSERIALIZABLE_ARGUMENT', `${path} ${reason}`, options);
    this.path = path;
  }
}
