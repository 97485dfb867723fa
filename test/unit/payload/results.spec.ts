import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { FakeEntities, Product, thrownBy } from './support.js';

const codec = new ArgumentCodec();

describe('a single value, such as a result', () => {
  it.each([0, '', false, [], {}, null, 5n, new Date(0), [undefined]])('survives: %p', (value) => {
    expect(codec.decodeValue(codec.encodeValue(value, 'result'))).toStrictEqual(value);
  });

  it("is SQL's NULL where it is undefined, and null when it comes back", () => {
    expect(codec.encodeValue(undefined, 'result')).toBeNull();
    expect(codec.decodeValue(null)).toBeNull();
    expect(codec.encodeValue(null, 'result')).toBe('null');
  });

  it('is refused with a path that begins with its name', () => {
    expect(thrownBy(() => codec.encodeValue({ a: [Symbol('s')] }, 'result'))).toMatchObject({
      path: 'result.a[0]',
    });
  });

  it('is named in the error for damaged data', () => {
    expect(thrownBy(() => codec.decodeValue('{"a":{"$type":"Date"}}', 'result')).message).toMatch(
      /^result\.a /,
    );
  });

  it('may be an entity, which is read again', async () => {
    const product = new Product(5, 'Chair');
    const withEntities = new ArgumentCodec({ entities: new FakeEntities(product) });
    const text = withEntities.encodeValue(product, 'result');
    expect(text).toBe('{"$type":"Entity","value":{"entity":"Product","id":{"id":5}}}');
    expect(await withEntities.decodeValue(text)).toBe(product);
  });
});
