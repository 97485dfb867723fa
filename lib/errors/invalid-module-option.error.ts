import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** An option of `QueueJobModule.forRoot()` or `QueueJobDashboardModule.forRoot()` is not one of the allowed values. */
export class InvalidModuleOptionError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidModuleOptionError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_MODULE_OPTION', message, options);
  }
}
