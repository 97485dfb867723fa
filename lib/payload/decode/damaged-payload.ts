import { DamagedPayloadError } from '../../errors/damaged-payload.error.js';
import { MAX_JSON_DEPTH } from '../tag.js';

/** Stored JSON that this codec did not write: `path` says where, `reason` follows it. */
export function damagedPayload(path: string, reason: string, cause?: unknown): DamagedPayloadError {
  const options = cause === undefined ? undefined : { cause };
  return new DamagedPayloadError(`${path} is damaged in the stored JSON: ${reason}`, options);
}

/** Reads a JSON text; damage is a {@link DamagedPayloadError}. */
export function parseJson(text: string, root: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damagedPayload(root, `it is no JSON (${(error as Error).message}).`, error);
  }
}

/** Keeps a walk over stored JSON from overflowing the stack. */
export function checkJsonDepth(depth: number, root: string): void {
  if (depth > MAX_JSON_DEPTH)
    throw damagedPayload(root, `it is nested more than ${MAX_JSON_DEPTH} levels deep.`);
}
