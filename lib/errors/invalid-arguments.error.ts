import { BRAND } from './brand.js';
import { QueueJobError } from './queue-job.error.js';

/** A part of the arguments that does not match the schema of the job. */
export interface ArgumentIssue {
  /** Such as `args[0].lines[2].amount`. */
  readonly path: string;
  /** As the schema's library says it. */
  readonly message: string;
}

/** Arguments do not match the `schema` of `@Job()`. At the call, nothing was stored; of a stored job, the method was not called. */
export class InvalidArgumentsError extends QueueJobError {
  /** @internal */
  static override readonly [BRAND]: string = 'InvalidArgumentsError';

  constructor(
    message: string,
    readonly issues: readonly ArgumentIssue[] = [],
    options?: ErrorOptions,
  ) {
    super('INVALID_ARGUMENTS', message, options);
  }
}
