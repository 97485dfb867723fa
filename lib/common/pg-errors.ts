import { read } from './to-error.js';

// What the errors of PostgreSQL, of its driver, of TypeORM and of the system mean. Nothing else in lib/ reads their codes.

/** Connection exceptions, a shutdown by an administrator or a crash; and of the system. */
const CONNECTION_LOST = {
  codes: /^(08...|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/,
  names: /^(QueryRunner(Provider)?AlreadyReleasedError|ConnectionSilentError)$/,
  messages:
    /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired$)/,
};

/**
 * Of PostgreSQL: no password that fits, too few resources, a time limit, a lock that was not to be had, a server that is
 * starting, stopping, or a standby. Of the system: no such host for now.
 */
const UNAVAILABLE = {
  codes: /^(28...|53...|55P03|57...|58...|25006|ENOTFOUND|EAI_AGAIN|ENETUNREACH)$/,
  names: /^(CannotExecuteNotConnectedError|ConnectionIsNotSetError)$/,
  messages: /^(timeout exceeded when trying to connect|Cannot use a pool after calling end)/,
};

/** serialization_failure and deadlock_detected. */
const SERIALIZATION = /^(40001|40P01)$/;
/** Data exceptions, integrity constraint violations, and program limits such as a text that is too long. */
const DATA = /^(22|23|54)/;
/** The first two of these are about the values of one row. */
const ROW = /^2[23]/;
const LOCK_NOT_AVAILABLE = '55P03';
/** read_only_sql_transaction: of a standby, and of a server that was the primary before a fail-over. */
const READ_ONLY = '25006';
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The code of an error of `pg` or of the system; `undefined` for an error without one. */
function codeOf(error: unknown): string | undefined {
  const code = read(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** As {@link codeOf}, also for the error of TypeORM around one (`driverError`). */
const innerCodeOf = (error: unknown): string | undefined =>
  codeOf(error) ?? codeOf(read(error, 'driverError'));

const hasCode = (error: unknown, codes: RegExp): boolean => codes.test(codeOf(error) ?? '');

/** Whether the connection is at fault, not the statement that was sent. */
export function isConnectionLost(error: unknown): boolean {
  const { codes, names, messages } = CONNECTION_LOST;
  if (!(error instanceof Error)) return false;
  return hasCode(error, codes) || names.test(error.name) || messages.test(error.message);
}

/** Whether the database could not answer just now, and nothing is wrong with the statement. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { codes, names, messages } = UNAVAILABLE;
  return (
    isConnectionLost(error) ||
    isSerializationFailure(error) ||
    codes.test(innerCodeOf(error) ?? '') ||
    names.test(error.name) ||
    messages.test(error.message)
  );
}

/**
 * Whether PostgreSQL gave up a transaction only because of others at the same time, so that a new attempt can succeed.
 * Looks at the error of `pg`, that of TypeORM around it (`driverError`), and at causes.
 *
 * @example
 * ```ts
 * isSerializationFailure(new QueryFailedError(sql, [], deadlock)); // true
 * ```
 */
export function isSerializationFailure(error: unknown): boolean {
  const seen = new Set<unknown>();
  // The limit is for causes that are made again at each look.
  for (let at = error; at !== undefined && !seen.has(at) && seen.size < 100; at = read(at, 'cause')) {
    seen.add(at);
    if (hasCode(at, SERIALIZATION) || hasCode(read(at, 'driverError'), SERIALIZATION)) return true;
  }
  return false;
}

/** Whether a value is at fault, not the connection; a text that is too long for Node counts, too. */
export const isDataError = (error: unknown): boolean => error instanceof RangeError || hasCode(error, DATA);

/** Whether something is wrong with the values of a row, so that other rows of the same statement may be stored alone. */
export const isRowError = (error: unknown): boolean => hasCode(error, ROW);

/** Whether a lock was not to be had within `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === LOCK_NOT_AVAILABLE;

/** Whether the server only reads. After a fail-over, connections to the one that was the primary are alive, and of no use. */
export const isReadOnly = (error: unknown): boolean => innerCodeOf(error) === READ_ONLY;

/** Whether the server has answered that it did nothing; after any other error nobody knows. */
export const isStatementRejected = (error: unknown): boolean =>
  hasCode(error, SQLSTATE) && !isConnectionLost(error);
