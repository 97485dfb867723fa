import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { typeCodec } from '../../../lib/payload/types/type-codec.js';

class Line {
  constructor(
    readonly sku: string,
    readonly amount = 1,
  ) {}
}

class CreateOrder {
  customer?: string;
  at = new Date(0);
  lines: Line[] = [];
}

class CreateUrgentOrder extends CreateOrder {
  priority = 1;
}

class WithMethod {
  cents = 5;
  total(): number {
    return this.cents;
  }
}

class WithAccessor {
  cents = 5;
  get total(): number {
    return this.cents;
  }
}

class BelowMethod extends WithMethod {
  more = 1;
}

class WithSymbol {
  declare readonly [Symbol.toStringTag]: string;
}
Object.defineProperty(WithSymbol.prototype, Symbol.toStringTag, { value: 'Money' });

class Values extends Map<string, number> {}

const order = (): CreateUrgentOrder =>
  Object.assign(new CreateUrgentOrder(), { customer: 'Ada', lines: [new Line('a'), new Line('b', 2)] });
const plain = {
  customer: 'Ada',
  at: new Date(0),
  lines: [
    { sku: 'a', amount: 1 },
    { sku: 'b', amount: 2 },
  ],
  priority: 1,
};

describe('an instance of a class that has fields alone', () => {
  const codec = new ArgumentCodec();

  it('travels as a plain object of its fields, wherever it stands', async () => {
    const args = [order(), { nested: [order()] }, new Map([['x', new Line('c')]])];
    const [first, second, third] = (await codec.decode(codec.encode(args))) as [object, unknown, unknown];
    expect(first).toStrictEqual(plain);
    expect(second).toStrictEqual({ nested: [plain] });
    expect(third).toStrictEqual(new Map([['x', { sku: 'c', amount: 1 }]]));
  });

  it('is the same for SQL, keys and the dashboard as that plain object', () => {
    expect(codec.encode([order()])).toBe(codec.encode([{ at: new Date(0), lines: [{ sku: 'a', amount: 1 }, { sku: 'b', amount: 2 }], customer: 'Ada', priority: 1 }].map((given) => Object.fromEntries(Object.keys(order()).map((key) => [key, given[key as keyof typeof given]]))))); // prettier-ignore
  });

  it('keeps a $type of its own', async () => {
    class Tagged {
      $type = 'Date';
      value = 'x';
    }
    expect(await codec.decode(codec.encode([new Tagged()]))).toStrictEqual([{ $type: 'Date', value: 'x' }]);
  });

  it('is refused for a field that cannot travel, with its path', () => {
    const bad = Object.assign(new CreateOrder(), { lines: [Object.assign(new Line('a'), { sku: () => 1 })] });
    expect(() => codec.encode([bad])).toThrow('args[0].lines[0].sku is a function');
    const round = new CreateOrder() as CreateOrder & { self?: unknown };
    round.self = round;
    expect(() => codec.encode([round])).toThrow('args[0].self is one of the objects that it lies in');
  });

  it.each([
    ['a method', new WithMethod(), 'WithMethod'],
    ['an accessor', new WithAccessor(), 'WithAccessor'],
    ['a method of the class below', new BelowMethod(), 'BelowMethod'],
    ['a symbol', new WithSymbol(), 'WithSymbol'],
    ['a built-in class below', new Values([['a', 1]]), 'Values'],
    ['no class of its own', Object.create({ a: 1 }) as object, 'prototype of its own'],
  ])('is none with %s, and refused', (_, value, text) => {
    expect(() => codec.encode([value])).toThrow(/^args\[0\] is an? .*typeCodec/);
    expect(() => codec.encode([value])).toThrow(text);
  });
});

describe('typeCodec.dto()', () => {
  const codec = new ArgumentCodec({
    codecs: [typeCodec.dto(CreateUrgentOrder), typeCodec.dto(Line), typeCodec.dto(WithMethod, 'money')],
  });

  it('makes instances again, without calling the constructor', async () => {
    const [made] = (await codec.decode(codec.encode([order()]))) as [CreateUrgentOrder];
    expect(made).toStrictEqual(order());
    expect(made).toBeInstanceOf(CreateUrgentOrder);
    expect(made.lines[1]).toBeInstanceOf(Line);
  });

  it('carries the fields of a class with methods, by another name', async () => {
    const text = codec.encode([new WithMethod()]);
    expect(text).toBe('[{"$type":"money","value":{"cents":5}}]');
    const [made] = (await codec.decode(text)) as [WithMethod];
    expect(made.total()).toBe(5);
  });

  it('sets no prototype', async () => {
    const [made] = (await codec.decode(
      '[{"$type":"money","value":{"__proto__":{"total":1},"cents":7}}]',
    )) as [WithMethod];
    expect(Object.getPrototypeOf(made)).toBe(WithMethod.prototype);
    expect(Object.hasOwn(made, '__proto__')).toBe(true);
  });

  it('is for one class by one name', () => {
    expect(() => new ArgumentCodec({ codecs: [typeCodec.dto(Line), typeCodec.dto(Line)] })).toThrow(
      'two codecs are named "Line"',
    );
  });
});
