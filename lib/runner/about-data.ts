/** Classes 22, 23 and 54 of PostgreSQL: a value is at fault, not the connection; and a text too long for Node. */
export function isAboutData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return error instanceof RangeError || (typeof code === 'string' && /^(22|23|54)/.test(code));
}
