import fc from 'fast-check';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { typeCodec } from '../../../lib/payload/types/type-codec.js';
import { QueueJobError } from '../../../lib/errors/queue-job.error.js';

class Money {
  constructor(readonly cents: number) {}
}
const money = typeCodec({
  name: 'Money',
  type: Money,
  encode: ({ cents }) => ({ cents }),
  decode: ({ cents }) => new Money(cents),
});

/** All that decoding may make. */
const BUILT_IN: readonly unknown[] = [
  Object, Array, Date, URL, RegExp, Map, Set, Buffer, ArrayBuffer, DataView,
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array, Reflect.get(globalThis, 'Float16Array'),
  Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError,
]; // prettier-ignore

/** Classes and functions that data must never name, our own tags, and a class that was registered. */
const NAMES = [
  'Function', 'eval', 'Promise', 'Proxy', 'WeakMap', 'WeakRef', 'Symbol', 'Worker', 'process', 'require', 'globalThis',
  'SharedArrayBuffer', 'DOMException', 'Request', 'FinalizationRegistry', 'AsyncFunction', 'URLSearchParams', 'Module',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'Secret', 'Child', '',
  'Date', 'URL', 'RegExp', 'Map', 'Set', 'Buffer', 'Uint8Array', 'Error', 'Object', 'bigint', 'number', 'undefined',
  'Encrypted', 'Money',
]; // prettier-ignore
const KEYS = ['$type', 'value', '__proto__', 'constructor', 'prototype', 'then', 'toJSON', 'name', 'message', 'cause', 'errors', 'props', 'stack', 'source', 'flags', 'cents']; // prettier-ignore

/** JSON in which every second object is a tag. */
const { json } = fc.letrec<{ json: unknown; tag: unknown; plain: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(...NAMES),
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.constant(null),
      fc.boolean(),
    ),
    tie('tag'),
    tie('plain'),
    fc.array(tie('json'), { maxLength: 4 }),
  ),
  tag: fc
    .tuple(fc.constantFrom(...NAMES), tie('json'))
    .map(([name, value]) => withKeys([['$type', name], ['value', value]])), // prettier-ignore
  plain: fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('json')), { maxLength: 4 }).map(withKeys),
}));

/** As JSON.parse makes it, where `__proto__` is a key like any other. */
function withKeys(entries: readonly (readonly [string, unknown])[]): unknown {
  const made = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

/** Everything that can be reached from a value. */
function* reachedFrom(value: unknown, seen = new Set<unknown>()): Generator<object> {
  if (typeof value === 'function') throw new Error('a function was made');
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  yield value;
  const inside = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : [];
  for (const one of [...inside, ...Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown)])
    yield* reachedFrom(one, seen);
}

describe('data that was written by somebody else', () => {
  const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));

  it.each<[string, ArgumentCodec, readonly unknown[]]>([
    ['the built-in types', new ArgumentCodec(), BUILT_IN],
    ['these and what was registered', new ArgumentCodec({ codecs: [money] }), [...BUILT_IN, Money]],
  ])('makes nothing but %s, or is refused', (_, codec, allowed) => {
    let made = 0;
    fc.assert(
      fc.property(fc.array(json, { maxLength: 3 }), (args) => {
        let decoded: unknown;
        try {
          decoded = codec.decode(JSON.stringify(args));
        } catch (error) {
          if (error instanceof QueueJobError) return;
          throw error;
        }
        for (const object of reachedFrom(decoded)) {
          made += 1;
          const prototype: unknown = Object.getPrototypeOf(object);
          const type = allowed.find((one) => typeof one === 'function' && one.prototype === prototype);
          if (type === undefined) throw new Error(`made ${Object.prototype.toString.call(object)}`);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(made).toBeGreaterThan(1_000);
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  });

  it.each(NAMES.slice(0, 26))('that names %s is refused where nobody registered that', (name) => {
    const codec = new ArgumentCodec();
    const text = JSON.stringify([{ $type: name, value: ['return process', {}, 'x'] }]);
    expect(() => codec.decode(text)).toThrow(expect.objectContaining({ code: 'UNKNOWN_CODEC' }) as Error);
  });

  it('changes no prototype, and keeps __proto__ as a key', () => {
    const codec = new ArgumentCodec();
    const text =
      '[{"__proto__":{"admin":true},"a":{"$type":"Date","value":null}},{"$type":"Object","value":{"__proto__":{"admin":true}}}]';
    for (const value of codec.decode(text) as object[]) {
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.hasOwn(value, '__proto__')).toBe(true);
      expect(Reflect.get(value, 'admin')).toBeUndefined();
    }
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});
