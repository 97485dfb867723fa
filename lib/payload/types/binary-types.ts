import { types } from 'node:util';
import type { ScalarType } from './scalar-types.js';
import { prototypeCount } from './prototypes.js';

interface ViewConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): ArrayBufferView;
}

const VIEW_NAMES = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
];

/** The tags of binary data. Its value is the base64 of its bytes, as they lie in memory. */
export const BINARY_NAMES: readonly string[] = ['Buffer', 'ArrayBuffer', ...VIEW_NAMES];

/** Takes binary data apart; `undefined` for everything else, subclasses and shared memory included. */
export function binaryOf(value: object): ScalarType | undefined {
  if (types.isArrayBuffer(value)) return binary(value, 'ArrayBuffer', 2, Buffer.from(value));
  if (!ArrayBuffer.isView(value)) return undefined;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Buffer.isBuffer(value)) return binary(value, 'Buffer', 4, bytes);
  if (types.isDataView(value)) return binary(value, 'DataView', 2, bytes);
  return binary(value, (value as Uint8Array)[Symbol.toStringTag], 3, bytes);
}

/** Makes binary data again; throws an `Error` that says what is wrong. */
export function decodeBinary(name: string, data: unknown): unknown {
  // Buffer.from skips what isn't base64, which would hide damage.
  if (typeof data !== 'string' || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    throw new Error('expected base64');
  }
  const bytes = Buffer.from(data, 'base64');
  if (name === 'Buffer') return bytes;
  // A buffer of its own: the one of a small Buffer is shared with others, and a view has to begin at its start.
  const own = new Uint8Array(bytes).buffer;
  if (name === 'ArrayBuffer') return own;
  const View = (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
  if (View === undefined) throw new Error(`this version of Node.js has no ${name}`);
  return new View(own);
}

function binary(value: object, name: string, prototypes: number, bytes: Buffer): ScalarType | undefined {
  if (prototypeCount(value) !== prototypes || !BINARY_NAMES.includes(name)) return undefined;
  return { name, data: bytes.toString('base64') };
}
