import { isDatabaseTrouble } from '../../common/pg-errors.js';
import { toError } from '../../common/to-error.js';
import { RetryableJobError } from '../../errors/retryable-job.error.js';
import { SERIALIZATION_RETRY_SECONDS } from '../../job/outcome.js';

/**
 * The error of an attempt for which the library itself could not ask the database. That is no fault of the job, so the
 * attempt does not count: the job runs again until the database answers.
 *
 * @param what - for what it was asked, such as 'the arguments'
 */
export function unavailable(name: string, what: string, error: unknown): unknown {
  if (!isDatabaseTrouble(error)) return error;
  return new RetryableJobError(
    `The database did not answer for ${what} of ${name}: ${toError(error).message}`,
    {
      seconds: SERIALIZATION_RETRY_SECONDS,
      ignoreRetry: true,
      cause: error,
    },
  );
}
