import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';

/** 1 MiB: what a job carries unless the module option `maxPayloadBytes` says otherwise. */
export const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;

/** 64 MiB: beyond that a payload nears the limits of a JavaScript string and of PostgreSQL's `jsonb`. */
const LARGEST_MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** How many times the limit a walk goes on to, only to name the exact size. */
const OVERRUN = 2;

/** Checks the module option `maxPayloadBytes`. */
export function checkMaxPayloadBytes(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= LARGEST_MAX_PAYLOAD_BYTES) return bytes;
  throw new InvalidModuleOptionError(
    `Module option maxPayloadBytes: expected a whole number from 1 to ${LARGEST_MAX_PAYLOAD_BYTES}, not ${typeof bytes === 'number' ? bytes : typeof bytes}.`,
  );
}

/**
 * The length at which a walk stops, whatever comes after: a small value can unfold into an endless one (an object that
 * holds one object twice, and so on 100 levels down).
 */
export function stopLengthOf(maxPayloadBytes: number): number {
  return Math.max(maxPayloadBytes, Math.min(maxPayloadBytes * OVERRUN, LARGEST_MAX_PAYLOAD_BYTES));
}

/** The bytes of a text that is larger than the limit, as words; `undefined` where it isn't. */
export function oversizeOf(text: string, maxPayloadBytes: number): string | undefined {
  // No character takes more than three bytes for each of its UTF-16 units, so most texts needn't be counted.
  if (text.length * 3 <= maxPayloadBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > maxPayloadBytes ? String(bytes) : undefined;
}
