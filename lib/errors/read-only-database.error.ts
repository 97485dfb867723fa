import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** At a start: the server only reads: it is a standby, or sessions of the role are read-only by default. A runner has to write. */
export class ReadOnlyDatabaseError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'ReadOnlyDatabaseError';

  constructor(options?: ErrorOptions) {
    super(
      'READ_ONLY_DATABASE',
      'The server of the data source is read-only: it is a standby, or default_transaction_read_only is on for the role or the database. Creating tables and running jobs write. Let the data source lead to the primary; for an application that only reads, such as a dashboard on a replica, set runner: false and migrate: false.',
      options,
    );
  }
}
