/**
 * The base of every error this library throws: `code` is stable for programs, the message says what to do.
 *
 * @example
 * ```ts
 * catch (error) { if (error instanceof QueueJobError && error.code === 'NOT_A_JOB') … }
 * ```
 */
export class QueueJobError extends Error {
  /** A stable identifier in capitals, such as `INVALID_JOB_OPTION`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
