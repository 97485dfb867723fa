import type { Failure } from './failure.js';

/** What an `onFailed` method is called with: the job that has failed for good. */
export interface FailedJob {
  readonly uuid: string;
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  readonly description: string;
  /** The attempts it took. */
  readonly attempts: number;
  /** The error of the last attempt, as it is stored with the job. */
  readonly error: {
    readonly name: string;
    readonly message: string;
    /** With its causes. */
    readonly stack: string;
  };
}

/** How PostgreSQL makes the job for a failure; each node registers it for its job functions. */
export interface FailureHandler {
  /** The name of the job function. */
  readonly name: string;
  readonly maxRetries: number;
  readonly description: string;
  readonly tags: readonly string[] | null;
}

/** The argument of an `onFailed` method, as PostgreSQL makes it in `queue_job_report_failures`. */
export function failedJob(
  {
    uuid,
    name,
    description,
    retry,
  }: Readonly<Record<'uuid' | 'name' | 'description', string>> & {
    readonly retry: number;
  },
  failure: Failure,
): FailedJob {
  const error = { name: failure.name, message: failure.message, stack: failure.stack };
  return { uuid, name, description, attempts: retry, error };
}
