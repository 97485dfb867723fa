import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** Thrown by a job that finds nothing to do: it is `done`, with the message as its result (Odoo's `NothingToDoJob`). */
export class NothingToDoJob extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'NothingToDoJob';

  constructor(message: string) {
    super('NOTHING_TO_DO', message);
  }
}
