/** Of PostgreSQL (connection exceptions, shut down by an administrator or a crash) and of the system. */
const CODES = /^(08...|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/;
const NAMES = /^(QueryRunner(Provider)?AlreadyReleasedError|ConnectionSilentError)$/;
const MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout)/;

/** Whether the connection is at fault, not what was asked on it. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    (typeof code === 'string' && CODES.test(code)) || NAMES.test(error.name) || MESSAGES.test(error.message)
  );
}
