import { read } from './to-error.js';

/** serialization_failure and deadlock_detected. */
const CODES: readonly unknown[] = ['40001', '40P01'];

/**
 * Whether PostgreSQL gave up a transaction only because of others at the same time, so that a new try can succeed. Looks
 * at the error of `pg`, that of TypeORM around it (`driverError`), and at causes.
 *
 * @example
 * ```ts
 * isSerializationFailure(new QueryFailedError(sql, [], deadlock)); // true
 * ```
 */
export function isSerializationFailure(error: unknown): boolean {
  const seen = new Set<unknown>();
  // The limit is for causes that are made anew at each look.
  for (let at = error; at !== undefined && !seen.has(at) && seen.size < 100; at = read(at, 'cause')) {
    seen.add(at);
    if (CODES.includes(read(at, 'code')) || CODES.includes(read(read(at, 'driverError'), 'code')))
      return true;
  }
  return false;
}
