import { createSecretKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';

/** A key for the payloads of jobs. */
export interface EncryptionKey {
  /** Its name, stored with whatever it encrypts: 1 to 64 letters, digits, `.`, `_` and `-`. Never use one again for another key. */
  readonly id: string;
  /** 32 random bytes, or these as base64. */
  readonly key: Uint8Array | string;
}

/** How payloads are encrypted at rest. */
export interface EncryptionOptions {
  /** The first one encrypts, all of them decrypt. */
  readonly keys: readonly EncryptionKey[];
}

const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const OPTION = 'codec.encrypt';

/**
 * Checks the keys. No error ever shows one.
 *
 * @throws InvalidModuleOptionError
 */
export function readKeys(options: EncryptionOptions): ReadonlyMap<string, KeyObject> {
  const { keys } = checkFields(OPTION, options, ['keys']);
  if (!Array.isArray(keys) || keys.length === 0)
    throw refused('.keys must be a list of keys, the first of which encrypts: [{ id, key }]');
  const read = new Map<string, KeyObject>();
  for (const [at, entry] of (keys as unknown[]).entries()) {
    const { id, key } = checkFields(`${OPTION}.keys[${at}]`, entry, ['id', 'key']);
    if (typeof id !== 'string' || !ID.test(id))
      throw refused(`.keys[${at}].id must be 1 to 64 letters, digits, ".", "_" and "-"`);
    if (read.has(id)) throw refused(`.keys has two keys with the id "${id}"`);
    read.set(id, readKey(key, `.keys[${at}].key ("${id}")`));
  }
  return read;
}

function readKey(key: unknown, where: string): KeyObject {
  const bytes =
    typeof key === 'string' ? fromBase64(key) : types.isUint8Array(key) ? Buffer.from(key) : undefined;
  if (bytes?.length === KEY_BYTES) return createSecretKey(bytes);
  const given = bytes === undefined ? 'something else' : `${bytes.length} bytes`;
  throw refused(`${where} must be ${KEY_BYTES} bytes, or base64 of ${KEY_BYTES} bytes, and is ${given}`);
}

/** `Buffer.from` skips what is no base64, and would make a key of any password. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function checkFields(where: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidModuleOptionError(`${where} must be an object with ${known.join(' and ')}.`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return value as Record<string, unknown>;
  throw new InvalidModuleOptionError(
    `${where} has no option ${JSON.stringify(unknown)}; its options are ${known.join(', ')}.`,
  );
}

const refused = (reason: string): InvalidModuleOptionError =>
  new InvalidModuleOptionError(`${OPTION}${reason}.`);
