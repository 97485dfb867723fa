import { createHash } from 'node:crypto';

/** What comes later in a message is data, not the kind of error. */
const MAX_MESSAGE = 1_000;

/** What differs between two errors of one kind, and what stands in its place; in this order. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '#'],
  // Quoted texts; an apostrophe within a word quotes nothing.
  [/"[^"\n]*"|`[^`\n]*`|«[^»\n]*»|“[^”\n]*”|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu, '#'],
  // What has digits in it: numbers, hexadecimal ones, dates, addresses, names of machines, tokens.
  [/[\p{L}\p{N}_.:@+/%[\]-]*\p{N}[\p{L}\p{N}_.:@+/%[\]-]*/gu, '#'],
  [/\b[0-9a-f]{12,}\b/gi, '#'],
  // Too long for a word: a key, a path, an address.
  [/\S{40,}/gu, '#'],
  [/(?:#[\s,;]*)+/g, '# '],
  [/\s+/g, ' '],
];

/**
 * What errors of one kind have in common, though they tell of different numbers, names and keys: 16 hexadecimal digits
 * of the name and the message without these. Pure: the same on every node.
 *
 * @example
 * ```ts
 * fingerprintOf('TypeError', 'Order 17 of "Ann" has no lines') === fingerprintOf('TypeError', 'Order 4 of "Bob" has no lines');
 * // true
 * ```
 */
export function fingerprintOf(name: string, message: string): string {
  let text = message.slice(0, MAX_MESSAGE);
  for (const [pattern, instead] of VARYING) text = text.replace(pattern, instead);
  return createHash('sha256').update(`${name}\n${text.trim()}`).digest('hex').slice(0, 16);
}
