import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { typeCodec } from '../../../lib/payload/types/type-codec.js';
import { RecordGoneError } from '../../../lib/errors/record-gone.error.js';
import { FakeEntities, OrderLine, Product, Unsaved, refusalOf, roundTrip, thrownBy } from './support.js';

class Basket {
  constructor(readonly items: readonly unknown[]) {}
}

const chair = new Product(1, 'Chair');
const table = new Product(2, 'Table');
const line = new OrderLine(9007199254740993n, new Date(0));

describe('an entity', () => {
  it('travels as its name and primary key', () => {
    const codec = new ArgumentCodec({ entities: new FakeEntities() });
    expect(codec.encode([chair])).toBe('[{"$type":"Entity","value":{"entity":"Product","id":{"id":1}}}]');
  });

  it('is read again, wherever it lies, all with one load', async () => {
    const entities = new FakeEntities(chair, table, line);
    const value = {
      list: [chair, table],
      map: new Map<unknown, unknown>([[chair, line]]),
      set: new Set([table]),
      error: new Error('x', { cause: line }),
      escaped: { $type: 'Entity', value: { entity: 'None', id: {} }, chair },
    };
    const decoded = (await roundTrip(value, new ArgumentCodec({ entities }))) as typeof value;
    expect(entities.loads).toHaveLength(1);
    expect(entities.loads[0]).toEqual([
      { entity: 'Product', id: { id: 1 } },
      { entity: 'Product', id: { id: 2 } },
      { entity: 'OrderLine', id: { orderId: 9007199254740993n, since: new Date(0) } },
    ]);
    expect(decoded.list[0]).toBe(chair);
    expect(decoded.list[1]).toBe(table);
    expect(decoded.map.get(chair)).toBe(line);
    expect(decoded.set.has(table)).toBe(true);
    expect(decoded.error.cause).toBe(line);
    expect(decoded.escaped).toEqual({ $type: 'Entity', value: { entity: 'None', id: {} }, chair });
    expect(decoded.escaped.chair).toBe(chair);
  });

  it('that stands in two places is one object, also where PostgreSQL sorted the keys otherwise', async () => {
    const codec = new ArgumentCodec({ entities: new FakeEntities(line) });
    const [a] = await codec.decode(codec.encode([line]));
    const since = '{"$type":"Date","value":"1970-01-01T00:00:00.000Z"}';
    const orderId = '{"value":"9007199254740993","$type":"bigint"}';
    const [b, c] = await codec.decode(
      `[{"$type":"Entity","value":{"id":{"since":${since},"orderId":${orderId}},"entity":"OrderLine"}},` +
        `{"$type":"Entity","value":{"entity":"OrderLine","id":{"orderId":${orderId},"since":${since}}}}]`,
    );
    expect(b).toBe(line);
    expect(c).toBe(b);
    expect(a).toBe(b);
  });

  it('is in place before a registered codec decodes what it lies in', async () => {
    const basket = typeCodec({
      name: 'Basket',
      type: Basket,
      encode: ({ items }) => items,
      decode: (items) => new Basket(items),
    });
    const codec = new ArgumentCodec({ entities: new FakeEntities(chair), codecs: [basket] });
    const decoded = (await roundTrip(new Basket([chair, 1n]), codec)) as Basket;
    expect(decoded).toBeInstanceOf(Basket);
    expect(decoded.items[0]).toBe(chair);
    expect(decoded.items[1]).toBe(1n);
  });

  it('costs a promise only where there is one', async () => {
    const entities = new FakeEntities(chair);
    const codec = new ArgumentCodec({ entities });
    expect(codec.decode('[{"a":"Entity","b":{"$type":"bigint","value":"1"}}]')).toEqual([
      { a: 'Entity', b: 1n },
    ]);
    expect(entities.loads).toHaveLength(0);
    await expect(codec.decode(codec.encode([chair]))).resolves.toEqual([chair]);
  });

  it('that is gone is a RecordGoneError with its path, name and key', async () => {
    const codec = new ArgumentCodec({ entities: new FakeEntities(chair) });
    const decoding = roundTrip({ items: [chair, table] }, codec);
    await expect(decoding).rejects.toBeInstanceOf(RecordGoneError);
    await expect(decoding).rejects.toThrow('args[0].items[1]: Product (id: 2) no longer exists');
    await expect(roundTrip(line, codec)).rejects.toThrow(
      'OrderLine (orderId: 9007199254740993, since: "1970-01-01T00:00:00.000Z")',
    );
  });

  it('that is gone is null where the job says so', async () => {
    const codec = new ArgumentCodec({ entities: new FakeEntities(chair) });
    expect(await roundTrip([table, chair], codec, { missing: 'null' })).toEqual([null, chair]);
  });

  it('fails to decode with the error of its database', async () => {
    const entities = new FakeEntities(chair);
    entities.load = () => Promise.reject(new Error('connection lost'));
    await expect(roundTrip(chair, new ArgumentCodec({ entities }))).rejects.toThrow('connection lost');
  });

  it('without a primary key is refused with the reason', () => {
    const error = refusalOf({ a: new Unsaved() }, new ArgumentCodec({ entities: new FakeEntities() }));
    expect(error.path).toBe('args[0].a');
    expect(error.message).toContain('it is not saved yet: save it before the call.');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('can not be read without a data source', () => {
    const text = new ArgumentCodec({ entities: new FakeEntities() }).encode([chair]);
    const error = thrownBy(() => new ArgumentCodec().decode(text));
    expect(error).toMatchObject({ code: 'UNKNOWN_CODEC' });
    expect(error.message).toContain('Product');
  });

  it('can not be the key of an entity in a forged reference', () => {
    const codec = new ArgumentCodec({ entities: new FakeEntities(chair) });
    const inner = codec.encode([chair]).slice(1, -1);
    const forged = `[{"$type":"Entity","value":{"entity":"Product","id":{"id":${inner}}}}]`;
    expect(thrownBy(() => codec.decode(forged))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
  });
});

describe('entitiesIn', () => {
  it('lists the references of stored arguments, each once and in order, and reads nothing', () => {
    const entities = new FakeEntities(chair, table, line);
    const codec = new ArgumentCodec({ entities });
    const text = codec.encode([
      [table, new Set([chair])],
      { again: table, line },
      { $type: 'Entity', value: 1 },
    ]);
    expect(codec.entitiesIn(text)).toEqual([
      { entity: 'Product', id: { id: 2 } },
      { entity: 'Product', id: { id: 1 } },
      { entity: 'OrderLine', id: { orderId: 9007199254740993n, since: new Date(0) } },
    ]);
    expect(entities.loads).toHaveLength(0);
    expect(codec.entitiesIn('[1]')).toEqual([]);
  });
});
