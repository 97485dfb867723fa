import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { typeCodec, type TypeCodec } from '../../../lib/payload/types/type-codec.js';
import { InvalidModuleOptionError } from '../../../lib/errors/invalid-module-option.error.js';
import { refusalOf, roundTrip, thrownBy } from './support.js';

class Money {
  private constructor(
    readonly cents: bigint,
    readonly since: Date,
  ) {}

  static of(cents: bigint, since: Date): Money {
    return new Money(cents, since);
  }
}

class Shape {
  constructor(readonly size: number) {}
}
class Circle extends Shape {}
class TaxError extends Error {}

const money = typeCodec({
  name: 'Money',
  type: Money,
  encode: ({ cents, since }) => ({ cents, since }),
  decode: ({ cents, since }) => Money.of(cents, since),
});

const shape = typeCodec({
  name: 'Shape',
  matches: (value: object): value is Shape => value instanceof Shape,
  encode: (value) => [value instanceof Circle ? 'circle' : 'shape', value.size] as const,
  decode: ([kind, size]) => (kind === 'circle' ? new Circle(size) : new Shape(size)),
});

const codec = new ArgumentCodec({ codecs: [money, shape] });

describe('a registered codec', () => {
  it('carries a class, and what it gives is carried like any value', async () => {
    const value = Money.of(5n, new Date(0));
    expect(codec.encode([value])).toBe(
      '[{"$type":"Money","value":{"cents":{"$type":"bigint","value":"5"},' +
        '"since":{"$type":"Date","value":"1970-01-01T00:00:00.000Z"}}}]',
    );
    const decoded = await roundTrip([value], codec);
    expect(decoded).toEqual([value]);
    expect((decoded as Money[])[0]).toBeInstanceOf(Money);
  });

  it('with a test carries subclasses too', async () => {
    expect(await roundTrip(new Circle(3), codec)).toBeInstanceOf(Circle);
    expect(await roundTrip(new Shape(3), codec)).not.toBeInstanceOf(Circle);
  });

  it('for a class does not carry a subclass, which would lose its class', () => {
    const onlyShapes = typeCodec({
      name: 'S',
      type: Shape,
      encode: (s) => s.size,
      decode: (size) => new Shape(size),
    });
    expect(refusalOf(new Circle(1), new ArgumentCodec({ codecs: [onlyShapes] })).message).toContain(
      'the class Circle',
    );
  });

  it('wins over the built-in type of its class', async () => {
    const tax = typeCodec({
      name: 'TaxError',
      type: TaxError,
      encode: (e) => e.message,
      decode: (m) => new TaxError(m),
    });
    const decoded = await roundTrip(new TaxError('x'), new ArgumentCodec({ codecs: [tax] }));
    expect(decoded).toBeInstanceOf(TaxError);
  });

  it('is never asked for plain objects and arrays', () => {
    const greedy = typeCodec({
      name: 'Greedy',
      matches: (_value: object): _value is object => true,
      encode: () => 'eaten',
      decode: () => ({}),
    });
    expect(new ArgumentCodec({ codecs: [greedy] }).encode([{ a: [1] }])).toBe('[{"a":[1]}]');
  });

  it('may give nothing, which comes back as undefined', async () => {
    const seen: unknown[] = [];
    const nothing = typeCodec<Shape, undefined>({
      name: 'Nothing',
      type: Shape,
      encode: () => undefined,
      decode: (data) => {
        seen.push(data);
        return new Shape(0);
      },
    });
    await roundTrip(new Shape(1), new ArgumentCodec({ codecs: [nothing] }));
    expect(seen).toEqual([undefined]);
  });

  it('that gives what can not be carried is refused with the path into it', () => {
    const bad = typeCodec({
      name: 'Bad',
      type: Shape,
      encode: () => ({ run: () => 1 }),
      decode: () => new Shape(1),
    });
    expect(refusalOf({ a: new Shape(1) }, new ArgumentCodec({ codecs: [bad] })).path).toBe('args[0].a.run');
  });

  it('that gives the value itself is refused, not tried for ever', () => {
    const self = typeCodec({ name: 'Self', type: Shape, encode: (s) => s, decode: (s) => s });
    const fresh = typeCodec({ name: 'Fresh', type: Shape, encode: () => new Shape(1), decode: (s) => s });
    expect(refusalOf(new Shape(1), new ArgumentCodec({ codecs: [self] })).path).toBe('args[0]');
    expect(refusalOf(new Shape(1), new ArgumentCodec({ codecs: [fresh] })).message).toContain('levels');
  });

  it('that throws is named, with the path and the cause', () => {
    const cause = new Error('no currency');
    const fail = (): never => {
      throw cause;
    };
    const broken = new ArgumentCodec({
      codecs: [typeCodec({ name: 'Money', type: Shape, encode: fail, decode: fail })],
    });
    const refusal = refusalOf({ price: new Shape(1) }, broken);
    expect(refusal).toMatchObject({ path: 'args[0].price', cause });
    expect(refusal.message).toContain('codec "Money": no currency');
    const error = thrownBy(() => broken.decode('[{"price":{"$type":"Money","value":1}}]'));
    expect(error).toMatchObject({ code: 'CODEC_FAILED', cause });
    expect(error.message).toBe('args[0].price can not be decoded by the codec "Money": no currency');
  });

  it.each<[string, readonly unknown[], string]>([
    ['no name', [{ ...money, name: '' }], 'has no name'],
    ['the name of a built-in type', [{ ...money, name: 'Date' }], '"Date"'],
    ['the tag of a plain object', [{ ...money, name: 'Object' }], '"Object"'],
    ['the tag of a reference', [{ ...money, name: 'Entity' }], '"Entity"'],
    ['the name of binary data', [{ ...money, name: 'Uint8Array' }], '"Uint8Array"'],
    ['a name taken twice', [money, { ...shape, name: 'Money' }], 'two codecs are named "Money"'],
    ['a class taken twice', [money, { ...money, name: 'Cash' }], '"Money" and "Cash"'],
    ['neither type nor matches', [{ ...money, type: undefined }], 'either type'],
    ['both type and matches', [{ ...money, matches: () => true }], 'either type'],
    ['no class', [{ ...money, type: () => undefined }], 'is not a class'],
    ['no decode', [{ ...money, decode: undefined }], 'needs both functions'],
  ])('is refused at start for %s', (_, codecs, reason) => {
    const error = thrownBy(() => new ArgumentCodec({ codecs: codecs as readonly TypeCodec[] }));
    expect(error).toBeInstanceOf(InvalidModuleOptionError);
    expect(error.message).toMatch(/^Module option codecs: /);
    expect(error.message).toContain(reason);
  });
});
