import assert from 'node:assert/strict';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { refusalOf, roundTrip } from './support.js';

const codec = new ArgumentCodec();

describe('plain JSON', () => {
  it.each([
    ['no arguments', []],
    ['scalars', [1, -1.5, 1e300, 'text', '', true, false, null]],
    ['nesting', [{ id: 1, tags: ['a', ['b']], empty: {}, none: [] }]],
    ['text that needs escapes', ['"quoted" \\ back\n\u2028\u0001']],
    ['text beyond the basic plane', ['😀 ünï', { '😀': 1 }]],
    ['keys that look like numbers', [{ 2: 'b', 1: 'a' }]],
  ])('is stored exactly as JSON.stringify writes it: %s', (_, args) => {
    expect(codec.encode(args)).toBe(JSON.stringify(args));
    expect(codec.decode(codec.encode(args))).toEqual(args);
  });

  it('comes back at once, without a promise', () => {
    expect(codec.decode('[{"id": 1}]')).toEqual([{ id: 1 }]);
  });

  it('comes back as copies, also of an object that stands in two places', () => {
    const shared = { count: 1 };
    const [decoded] = codec.decode(codec.encode([{ a: shared, b: shared }])) as [{ a: object; b: object }];
    expect(decoded).toEqual({ a: { count: 1 }, b: { count: 1 } });
    expect(decoded.a).not.toBe(decoded.b);
    expect(decoded.a).not.toBe(shared);
  });

  it('is not changed by encoding', () => {
    const args = [{ at: new Date(0), list: [undefined], $type: 'x' }] as const;
    codec.encode(args);
    expect(args).toEqual([{ at: new Date(0), list: [undefined], $type: 'x' }]);
  });

  it('keeps an own $type by escaping the object that has it', async () => {
    const value = { $type: 'Date', value: 'not a date', inner: { $type: { $type: 1 } } };
    expect(codec.encode([value])).toContain('{"$type":"Object","value":{"$type":"Date"');
    assert.deepStrictEqual(await roundTrip(value), value);
  });

  it('keeps the text $type wherever it is no key', async () => {
    assert.deepStrictEqual(await roundTrip({ a: '$type', b: '"$type"', c: ['$type'] }), {
      a: '$type',
      b: '"$type"',
      c: ['$type'],
    });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'prototype', 'then', '', '0'])(
    'keeps the key %j as an ordinary property',
    async (key) => {
      assert.deepStrictEqual(await roundTrip({ [key]: [new Date(0)] }), { [key]: [new Date(0)] });
    },
  );

  it.each(['{"polluted":1}', '{"polluted":{"$type":"bigint","value":"1"}}', '{"$type":"Date","value":null}'])(
    'keeps __proto__ as an own property and pollutes nothing: %s',
    (json) => {
      const [decoded] = codec.decode(`[{"__proto__":${json},"other":{"$type":"undefined"}}]`) as [object];
      expect(Object.keys(decoded)).toEqual(['__proto__', 'other']);
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(codec.encode([decoded])).toBe(`[{"__proto__":${json},"other":{"$type":"undefined"}}]`);
    },
  );

  it('reads getters, and each only once', () => {
    let reads = 0;
    const value = {
      get id() {
        reads += 1;
        return reads === 1 ? 'first' : () => 'never';
      },
    };
    expect(codec.encode([value])).toBe('[{"id":"first"}]');
    expect(reads).toBe(1);
  });

  it('leaves out what is not enumerable, symbols included', () => {
    const value = Object.defineProperties({ a: 1 }, { hidden: { value: 2 }, [Symbol('s')]: { value: 3 } });
    expect(codec.encode([value])).toBe('[{"a":1}]');
  });

  it('takes an object without prototype, which comes back as a plain one', async () => {
    const value = Object.assign(Object.create(null) as object, { a: 1 });
    assert.deepStrictEqual(await roundTrip(value), { a: 1 });
  });

  it('takes the plain objects and arrays of another realm', () => {
    expect(codec.encode([structuredClone({ a: [{ b: 1 }] })])).toBe('[{"a":[{"b":1}]}]');
  });

  it('takes a proxy for what it shows', () => {
    expect(codec.encode([new Proxy({ a: 1 }, {}), new Proxy([1, 2], {})])).toBe('[{"a":1},[1,2]]');
  });

  it('never calls toJSON', () => {
    expect(refusalOf({ toJSON: () => 'other' }).path).toBe('args[0].toJSON');
  });
});
