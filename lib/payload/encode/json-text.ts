/** Text that stands in JSON as it is: nothing to escape and no surrogates. */
const PLAIN_TEXT = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;
/** In `u` mode a surrogate that has its partner is one character and doesn't match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether the text needs no escaping and surely has no flaw; one fast test for nearly all strings. */
export function isPlainText(text: string): boolean {
  return PLAIN_TEXT.test(text);
}

/**
 * What keeps a text out of PostgreSQL's `jsonb`, in words that follow "a string with".
 *
 * @example
 * ```ts
 * flawOf('a\0b') // 'a NUL character, which PostgreSQL can not store'
 * ```
 */
export function flawOf(text: string): string | undefined {
  if (text.includes('\0')) return 'a NUL character, which PostgreSQL can not store';
  if (LONE_SURROGATE.test(text)) return 'a lone surrogate (half a character), which PostgreSQL can not store';
  return undefined;
}
