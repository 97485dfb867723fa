import { BRAND, isInstanceOf } from './brand.js';

/**
 * The base of every error this library throws: `code` is stable for programs, the message says what to do.
 *
 * @example
 * ```ts
 * catch (error) { if (error instanceof QueueJobError && error.code === 'NOT_A_JOB') … }
 * ```
 */
export class QueueJobError extends Error {
  /** @internal */
  static readonly [BRAND]: string = 'QueueJobError';

  /**
   * Also true for an error of another copy of the library.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }

  /** A stable identifier in capitals, such as `INVALID_JOB_OPTION`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
