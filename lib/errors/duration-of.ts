import ms from 'ms';

/**
 * The milliseconds of a duration in words, `NaN` where it is none. A figure without a unit is none: nobody could tell
 * whether `'5'` means seconds, as eta counts them, or milliseconds. (It is in this folder because an error reads one, and
 * errors import nothing of the other folders.)
 */
export function durationOf(text: string): number {
  const trimmed = text.trim();
  return /[a-z]$/i.test(trimmed) ? (ms(trimmed as ms.StringValue) ?? NaN) : NaN;
}
