import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** No TypeORM data source of that name is part of the application. */
export class MissingDataSourceError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'MissingDataSourceError';

  constructor(message: string, options?: ErrorOptions) {
    super('MISSING_DATA_SOURCE', message, options);
  }
}
