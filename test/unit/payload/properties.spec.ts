import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { UnserializableArgumentError } from '../../../lib/errors/unserializable-argument.error.js';

const codec = new ArgumentCodec({ maxPayloadBytes: 16 * 1024 * 1024 });

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$type', '"$type"', 'Entity', 'Date'),
).map((value) => value.replaceAll('\0', '')); // prettier-ignore

const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toString', '$type', 'value', 'then', '0', ''),
);

function object(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));
}

function errorOf([message, name, cause, code]: [string, string, unknown, unknown]): Error {
  const error = new ({ TypeError, RangeError }[name] ?? Error)(message, { cause });
  return Object.assign(error, { code });
}

const scalar = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, NaN, Infinity, -Infinity, -0, 0, Number.MIN_VALUE, Number.MAX_VALUE),
  fc.bigInt(),
  // assert.deepStrictEqual of Node 20 finds two invalid dates different.
  fc.date({ noInvalidDate: true }),
  fc.webUrl().map((url) => new URL(url)),
  fc.constantFrom(/a(?<n>b)/giu, /[/]/, new RegExp('')),
  fc.uint8Array(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.float64Array(),
  fc.bigInt64Array(),
);

const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { arbitrary: scalar, weight: 3 },
    { arbitrary: fc.array(tie('value'), { maxLength: 5 }), weight: 1 },
    { arbitrary: object(tie('value')), weight: 2 },
    {
      arbitrary: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((e) => new Map(e)),
      weight: 1,
    },
    { arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)), weight: 1 },
    {
      arbitrary: fc
        .tuple(text, fc.constantFrom('Error', 'TypeError', 'RangeError'), tie('value'), tie('value'))
        .map(errorOf),
      weight: 1,
    },
  ),
})).value;

/** Every object in a value. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  // Small Buffers share Node's pool, each its own part of it.
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? found : found.add(value.buffer);
  if (value instanceof Map)
    for (const entry of value) entry.forEach((item: unknown) => objectsIn(item, found));
  if (value instanceof Set) for (const member of value) objectsIn(member, found);
  if (value instanceof Error) objectsIn(value.cause, found);
  for (const item of Object.values(value)) objectsIn(item, found);
  return found;
}

describe('for all values', () => {
  it('plain JSON is stored as JSON.stringify writes it, and comes back equal', () => {
    // Not every JSON value is plain here: -0 is tagged, and so is an object with a key $type.
    const plain = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !/"\$type"|\\u0000/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.array(plain), (args) => {
        const decoded = codec.decode(codec.encode(args));
        assert.deepStrictEqual(decoded, args);
        if (!codec.encode(args).includes('"-0"')) expect(codec.encode(args)).toBe(JSON.stringify(args));
      }),
    );
  });

  it('a mix of all types comes back equal', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), (args) => {
        assert.deepStrictEqual(codec.decode(codec.encode(args)), args);
      }),
      { numRuns: 300 },
    );
  });

  it('what comes back shares nothing with what went in, and is stored as the same text again', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const encoded = codec.encode([value]);
        const decoded = codec.decode(encoded) as unknown[];
        const before = objectsIn(value);
        for (const item of objectsIn(decoded)) expect(before.has(item)).toBe(false);
        expect(codec.encode(decoded)).toBe(encoded);
      }),
    );
  });

  it('the text is JSON of the length that was promised, without NUL and lone surrogates', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const encoded = codec.encode([value]);
        expect(() => JSON.parse(encoded) as unknown).not.toThrow();
        expect(encoded).not.toMatch(/\\u0000|\p{Surrogate}|\\ud[89a-f]/u);
        const bytes = Buffer.byteLength(encoded);
        expect(new ArgumentCodec({ maxPayloadBytes: bytes }).encode([value])).toBe(encoded);
        expect(() => new ArgumentCodec({ maxPayloadBytes: bytes - 1 }).encode([value])).toThrow(
          `takes ${bytes} bytes`,
        );
      }),
    );
  });

  it('whatever is passed is carried or refused with a path, never anything else', () => {
    const wild = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      withUnicodeString: true,
    });
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(wild, fc.string({ unit: 'binary' })), (value) => {
        try {
          void codec.decode(codec.encode([value]));
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(UnserializableArgumentError);
          expect((error as UnserializableArgumentError).path).toMatch(/^args\[0\]/);
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('any JSON at all is decoded, or told as damaged or unknown', () => {
    const type = fc.constantFrom('Date', 'bigint', 'number', 'undefined', 'Map', 'Set', 'URL', 'RegExp', 'Error', 'Object', 'Buffer', 'Int16Array', 'Entity', 'X', 5, null); // prettier-ignore
    const node = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.record({ $type: type, value: tie('node') }, { requiredKeys: ['$type'] }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('name', 'message', 'entity', 'id', '__proto__', 'source'), tie('node')),
      ),
    })).node;
    let failed = 0;
    fc.assert(
      fc.property(node, (value) => {
        try {
          void codec.decode(JSON.stringify([value]));
        } catch (error) {
          failed += 1;
          expect(['DAMAGED_PAYLOAD', 'UNKNOWN_CODEC']).toContain((error as { code?: string }).code);
        }
      }),
      { numRuns: 600 },
    );
    expect(failed).toBeGreaterThan(50);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
