import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { DecryptionError } from '../../errors/decryption.error.js';
import { damagedPayload } from '../decode/damaged-payload.js';
import { type EncryptionOptions, readKeys } from './encryption-keys.js';
import { TAG, TYPE_KEY, tagStart } from '../tag.js';

/** Where a payload is stored. It opens nowhere else. */
export interface PayloadPlace {
  /** Of the job. */
  readonly uuid: string;
  /** Such as `args`. */
  readonly field: string;
  /**
   * The job is a draft, from which PostgreSQL makes one each time that a callback is due: the payload opens in any job,
   * in this field, and names the draft.
   */
  readonly draft?: boolean;
}

const ALGORITHM = 'aes-256-gcm';
/** What AES-GCM is made for, and the longest tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Encrypts payloads with AES-256-GCM, a new random nonce for each. The uuid of the job and the name of the field are
 * authenticated with it, so what was moved to another job, or from arguments to results, doesn't open.
 */
export class PayloadCipher {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #first: readonly [id: string, key: KeyObject];

  constructor(options: EncryptionOptions) {
    this.#keys = readKeys(options);
    [this.#first] = [...this.#keys] as [[string, KeyObject]];
  }

  /** A JSON text as the JSON text that is stored in its place, by the first of the keys. */
  seal(text: string, place: PayloadPlace): string {
    const [id, key] = this.#first;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(bound(place));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const value = {
      key: id,
      nonce: nonce.toString('base64'),
      data: data.toString('base64'),
      ...(place.draft === true ? { draft: place.uuid } : {}),
    };
    return `${tagStart(TAG.encrypted)}${JSON.stringify(value)}}`;
  }

  /** @throws DecryptionError that names the key, and never shows one */
  open(sealed: Sealed, place: PayloadPlace): string {
    const { field, uuid } = place;
    const key = this.#keys.get(sealed.key);
    if (key === undefined) throw missingKey(field, sealed, [...this.#keys.keys()]);
    try {
      const data = Buffer.from(sealed.data, 'base64');
      const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(sealed.nonce, 'base64'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(bound(sealed.draft === undefined ? place : { uuid: sealed.draft, field, draft: true }));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(data.subarray(0, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      );
    } catch (error) {
      throw new DecryptionError(
        `${field} of job ${uuid} does not open with the key "${sealed.key}": either that is another key here than where it was encrypted, or what is stored was changed, or moved from another job or column.`,
        { cause: error },
      );
    }
  }
}

/** An encrypted payload, as stored. */
export interface Sealed {
  /** The id of its key. */
  readonly key: string;
  readonly nonce: string;
  /** With the authentication tag at its end. */
  readonly data: string;
  /** The uuid of the draft that it belongs to, rather than to one job. */
  readonly draft?: string;
}

/** The encrypted payload that parsed JSON is; undefined where it is none. */
export function sealedOf(node: unknown, field: string): Sealed | undefined {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  const { [TYPE_KEY]: type, value } = node as Readonly<Record<string, unknown>>;
  if (type !== TAG.encrypted) return undefined;
  const { key, nonce, data, draft } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof key === 'string' && isBase64(nonce, NONCE_BYTES) && isBase64(data, TAG_BYTES)) {
    const sealed = { key, nonce: nonce as string, data: data as string };
    return typeof draft === 'string' ? { ...sealed, draft } : sealed;
  }
  throw damagedPayload(
    field,
    'it is marked as encrypted, and has not the key, nonce and data that belong to it.',
  );
}

/** The error of a payload whose key is not here. */
export function missingKey(field: string, { key }: Sealed, known: readonly string[]): DecryptionError {
  const here = known.length === 0 ? 'this application has no keys' : `the keys here are ${known.join(', ')}`;
  return new DecryptionError(
    `${field} is encrypted with the key ${JSON.stringify(key.slice(0, 64))}, and ${here}. Add it to the module option codec.encrypt.keys of every node that runs or reads such jobs.`,
  );
}

function isBase64(text: unknown, least: number): boolean {
  return typeof text === 'string' && BASE64.test(text) && Buffer.byteLength(text, 'base64') >= least;
}

/** No uuid and no field holds NUL, so no two places run into one text. */
const bound = ({ uuid, field, draft }: PayloadPlace): Buffer =>
  Buffer.from(`nestjs-queue-job\0${draft === true ? 'draft\0' : ''}${uuid.toLowerCase()}\0${field}`);
