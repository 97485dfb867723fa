/** In `u` mode a surrogate that has its partner is one character and doesn't match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Whether PostgreSQL can hold the text as it is: it has no NUL, which is refused, and no half of a character, which the
 * driver would turn into another one, so that two texts became one.
 */
export const isStorable = (text: string): boolean => !text.includes('\0') && !LONE_SURROGATE.test(text);

/** What {@link isStorable} asks for, in words that follow "a string". */
export const STORABLE = 'without NUL or lone surrogates';
