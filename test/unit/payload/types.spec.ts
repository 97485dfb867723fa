import assert from 'node:assert/strict';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { roundTrip } from './support.js';

const codec = new ArgumentCodec();

function sticky(expression: RegExp, lastIndex: number): RegExp {
  return Object.assign(expression, { lastIndex });
}

describe('a value that JSON does not know', () => {
  it.each<[string, unknown, string]>([
    ['Date', new Date(0), '{"$type":"Date","value":"1970-01-01T00:00:00.000Z"}'],
    ['Date of the far future', new Date(8.64e15), '{"$type":"Date","value":"+275760-09-13T00:00:00.000Z"}'],
    ['Date before our era', new Date(-8.64e15), '{"$type":"Date","value":"-271821-04-20T00:00:00.000Z"}'],
    ['bigint', 12345678901234567890n, '{"$type":"bigint","value":"12345678901234567890"}'],
    ['negative bigint', -1n, '{"$type":"bigint","value":"-1"}'],
    ['undefined', undefined, '{"$type":"undefined"}'],
    ['NaN', NaN, '{"$type":"number","value":"NaN"}'],
    ['Infinity', Infinity, '{"$type":"number","value":"Infinity"}'],
    ['-Infinity', -Infinity, '{"$type":"number","value":"-Infinity"}'],
    ['-0', -0, '{"$type":"number","value":"-0"}'],
    ['URL', new URL('https://a.example/ü?q=1#h'), '{"$type":"URL","value":"https://a.example/%C3%BC?q=1#h"}'],
    ['RegExp', /a\/"b"/giu, '{"$type":"RegExp","value":{"source":"a\\\\/\\"b\\"","flags":"giu"}}'],
    [
      'RegExp that stands',
      sticky(/a/y, 3),
      '{"$type":"RegExp","value":{"source":"a","flags":"y","lastIndex":3}}',
    ],
    ['Map', new Map([['a', 1]]), '{"$type":"Map","value":[["a",1]]}'],
    ['empty Map', new Map(), '{"$type":"Map","value":[]}'],
    ['Set', new Set([1, 'a']), '{"$type":"Set","value":[1,"a"]}'],
    ['empty Set', new Set(), '{"$type":"Set","value":[]}'],
    ['Buffer', Buffer.from('hé\0'), '{"$type":"Buffer","value":"aMOpAA=="}'],
    ['empty Buffer', Buffer.alloc(0), '{"$type":"Buffer","value":""}'],
    ['Uint8Array', Uint8Array.of(1, 2, 255), '{"$type":"Uint8Array","value":"AQL/"}'],
    ['ArrayBuffer', Uint8Array.of(7).buffer, '{"$type":"ArrayBuffer","value":"Bw=="}'],
    ['DataView', new DataView(Uint8Array.of(7, 8).buffer), '{"$type":"DataView","value":"Bwg="}'],
  ])('is stored readably and comes back: %s', async (_, value, json) => {
    expect(codec.encode([value])).toBe(`[${json}]`);
    assert.deepStrictEqual(await roundTrip(value), value);
    assert.deepStrictEqual(await roundTrip({ inside: [value] }), { inside: [value] });
  });

  it.each([
    Int8Array.of(-1, 2),
    Uint8ClampedArray.of(1, 255),
    Int16Array.of(-300, 300),
    Uint16Array.of(65535),
    Int32Array.of(-70000),
    Uint32Array.of(4294967295),
    Float32Array.of(0.5, NaN, -0),
    Float64Array.of(Math.PI, -Infinity, -0),
    BigInt64Array.of(-5n),
    BigUint64Array.of(2n ** 64n - 1n),
  ])('comes back as the same typed array: $constructor.name', async (value) => {
    assert.deepStrictEqual(await roundTrip(value), value);
  });

  it('carries of a view only the bytes that it shows, in a buffer of their own', async () => {
    const secret = Uint8Array.of(9, 9, 1, 0, 2, 0, 9, 9);
    const decoded = (await roundTrip(new Uint16Array(secret.buffer, 2, 2))) as Uint16Array;
    assert.deepStrictEqual(decoded, Uint16Array.of(1, 2));
    expect(decoded.buffer.byteLength).toBe(4);
  });

  it('carries undefined in objects, and the holes of an array as undefined', async () => {
    // oxlint-disable-next-line no-sparse-arrays
    const decoded = await roundTrip({ a: undefined, list: [1, , 3] });
    assert.deepStrictEqual(decoded, { a: undefined, list: [1, undefined, 3] });
  });

  it('carries Maps and Sets with keys and members of any type, in their order', async () => {
    const value = new Map<unknown, unknown>([
      [new Date(0), new Set([new Map([[NaN, 1n]]), undefined])],
      [{ key: 'object' }, new URL('https://a.example')],
      ['z', { $type: 'Map', value: [] }],
      ['a', null],
    ]);
    const decoded = (await roundTrip(value)) as typeof value;
    assert.deepStrictEqual(decoded, value);
    expect([...decoded.values()].at(-1)).toBeNull();
  });

  it('carries an invalid Date', async () => {
    expect(codec.encode([new Date(NaN)])).toBe('[{"$type":"Date","value":null}]');
    const decoded = await roundTrip(new Date(NaN));
    expect(decoded).toBeInstanceOf(Date);
    expect((decoded as Date).getTime()).toBeNaN();
  });

  it('reads the time of a Date itself, not what a replaced method says', () => {
    const date = Object.assign(new Date(0), { toISOString: () => 'forged', getTime: () => 1 });
    expect(codec.encode([date])).toBe('[{"$type":"Date","value":"1970-01-01T00:00:00.000Z"}]');
  });

  it('reads what PostgreSQL makes of it: blanks, and the keys of a tag in any order', () => {
    expect(codec.decode('[ {"value" : "5",\n "$type" : "bigint"} ]')).toEqual([5n]);
  });
});
