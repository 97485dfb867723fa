import { isConnectionLost } from './connection-lost.js';

/** Classes 22, 23 and 54 of PostgreSQL: a value is at fault, not the connection; and a text too long for Node. */
export function isDataError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return error instanceof RangeError || (typeof code === 'string' && /^(22|23|54)/.test(code));
}

/** The server has answered that it did nothing of what was asked; after anything else nobody knows. */
export function isStatementRejected(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !isConnectionLost(error);
}
