import fc from 'fast-check';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { FakeEntities, OrderLine } from './support.js';

const codec = new ArgumentCodec({ entities: new FakeEntities() });

function canonical(...args: unknown[]): string {
  return codec.canonical(codec.encode(args));
}

/** The same data with the keys of every plain object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [reversed(key), reversed(item)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('the canonical text', () => {
  it('sorts keys at every level and drops blanks', () => {
    expect(codec.canonical('[{"b": 1, "a": [{"d": 1, "c": {"__proto__": 1, "$": "x y"}}]}]')).toBe(
      '[{"a":[{"c":{"$":"x y","__proto__":1},"d":1}],"b":1}]',
    );
  });

  it('is the same for arguments that differ only in the order of keys', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (args) => {
        expect(canonical(reversed(args))).toBe(canonical(args));
      }),
    );
    const inner = new Map([
      [
        { a: 1, b: 2 },
        { c: 3, d: 4 },
      ],
    ]);
    expect(canonical(reversed(inner))).toBe(canonical(inner));
  });

  it('does not depend on the order in which an entity names its key', () => {
    const since = new Date(0);
    const one = new ArgumentCodec({
      entities: {
        check: () => undefined,
        referenceOf: () => ({ entity: 'L', id: { a: 1, since } }),
        load: () => Promise.resolve([]),
      },
    });
    const other = new ArgumentCodec({
      entities: {
        check: () => undefined,
        referenceOf: () => ({ entity: 'L', id: { since, a: 1 } }),
        load: () => Promise.resolve([]),
      },
    });
    const line = new OrderLine(1n, since);
    expect(one.encode([line])).not.toBe(other.encode([line]));
    expect(one.canonical(one.encode([line]))).toBe(other.canonical(other.encode([line])));
  });

  it.each<[string, unknown, unknown]>([
    ['the order of an array', [1, 2], [2, 1]],
    ['the order of a Set', new Set([1, 2]), new Set([2, 1])],
    ['the order of a Map', new Map([['a', 1], ['b', 2]]), new Map([['b', 2], ['a', 1]])], // prettier-ignore
    ['a property of undefined and none', { a: undefined }, {}],
    ['0 and -0', 0, -0],
    ['1 and 1n', 1, 1n],
    ['1 and "1"', 1, '1'],
    ['a Date and its text', new Date(0), new Date(0).toISOString()],
    ['null and undefined', null, undefined],
    ['a tag and the object that looks like it', 5n, { $type: 'bigint', value: '5' }],
  ])('tells apart: %s', (_, a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  it('still decodes to the same arguments', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (args) => {
        expect(codec.decode(canonical(...args))).toEqual(
          args.map((arg) => codec.decode(codec.encode([arg]))).flat(1),
        );
      }),
    );
  });
});
