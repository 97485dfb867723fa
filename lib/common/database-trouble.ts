import { isConnectionLost } from './connection-lost.js';
import { isSerializationFailure } from './serialization-failure.js';
import { read } from './to-error.js';

/**
 * Of PostgreSQL: no password that fits, too few resources, a time limit, a lock that was not to be had, a server that is
 * starting, stopping, or a standby. Of the system: no such host for now.
 */
const CODES = /^(28...|53...|55P03|57...|58...|25006|ENOTFOUND|EAI_AGAIN|ENETUNREACH)$/;
const MESSAGES = /^(timeout exceeded when trying to connect|Cannot use a pool after calling end)/;
const NAMES = /^(CannotExecuteNotConnectedError|ConnectionIsNotSetError)$/;

/** Whether the database could not answer just now, and nothing is wrong with what it was asked. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = read(error, 'code') ?? read(read(error, 'driverError'), 'code');
  return (
    isConnectionLost(error) ||
    isSerializationFailure(error) ||
    (typeof code === 'string' && CODES.test(code)) ||
    NAMES.test(error.name) ||
    MESSAGES.test(error.message)
  );
}
