import { UnserializableArgumentError } from '../../../lib/index.js';
import {
  type BadInput,
  HALF,
  NUL,
  nested,
  nestedArray,
  refusedWith,
  unreadable,
  withProtoKey,
} from './bad-input.js';
import type { Calls } from './calls.js';
import { Target } from './jobs.js';

const refused = refusedWith<Calls>(UnserializableArgumentError, 'UNSERIALIZABLE_ARGUMENT');

/** A call with one argument that can't be carried. */
const argument = (what: string, value: () => unknown, ...says: readonly string[]): BadInput<Calls> =>
  refused(what, ({ queue }) => queue.withDelay(Target).run(value()), ...says);

const cyclic = (): unknown => {
  const value: { items: unknown[] } = { items: [] };
  value.items.push({ back: value });
  return value;
};

class Money {
  cents = 5;

  total(): number {
    return this.cents;
  }
}

const FUNCTION = 'is a function';
const DEEP = 'is nested more than 200 levels deep';
const SIZE = 'which is more than the 1048576 that the module option maxPayloadBytes allows';

export const badArguments: readonly BadInput<Calls>[] = [
  argument('a function', () => () => 5, 'args[0]', FUNCTION),
  argument('a class', () => Target, 'args[0]', FUNCTION),
  argument('a method', () => ({ items: [{}, {}, {}, { run: () => 5 }] }), 'args[0].items[3].run', FUNCTION),
  argument('a symbol', () => ({ a: Symbol('x') }), 'args[0].a', 'is a symbol'),
  argument('a symbol as key', () => ({ [Symbol('x')]: 1 }), 'has a symbol as its key'),
  argument('a promise', () => Promise.resolve(5), 'args[0]', 'is a Promise: await it'),
  argument(
    'a class instance',
    () => ({ price: new Money() }),
    'args[0].price',
    'class Money',
    'register a codec',
  ),
  argument('an instance in a Map', () => new Map([['a', new Money()]]), 'args[0]', 'class Money'),
  argument('an instance in a Set', () => new Set([new Money()]), 'args[0]', 'class Money'),
  argument('a subclass of Array', () => new (class List extends Array<number> {})(3), 'class List'),
  argument('a subclass of Map', () => new (class Table extends Map {})(), 'class Table'),
  argument('a subclass of Date', () => new (class Day extends Date {})(), 'class Day'),
  argument('a WeakMap', () => new WeakMap(), 'class WeakMap'),
  argument('a cycle', cyclic, 'args[0].items[0].back', 'a cycle'),
  argument('a cycle through a Map', () => {
    const map = new Map<string, unknown>();
    return map.set('self', map);
  }, 'a cycle'), // prettier-ignore
  argument('a cycle of errors', () => {
    const error = new Error('round');
    error.cause = error;
    return error;
  }, 'a cycle'), // prettier-ignore
  argument('a NUL', () => ['a', NUL], 'args[0][1]', 'a NUL character, which PostgreSQL can not store'),
  argument('half a character', () => [HALF], 'args[0][0]', 'a lone surrogate'),
  argument('half a character of the other kind', () => '\udc00a', 'args[0]', 'a lone surrogate'),
  argument('a NUL in a key', () => ({ [NUL]: 1 }), 'has a key with a NUL character'),
  argument('half a character in a key', () => ({ [HALF]: 1 }), 'has a key with a lone surrogate'),
  argument('a NUL in a Map', () => new Map([[NUL, 1]]), 'a NUL character'),
  argument(
    'a NUL under __proto__',
    () => withProtoKey(1) && { a: [JSON.parse('{"__proto__":"a\\u0000"}')] },
    'a NUL character',
  ),
  argument('10,000 objects in each other', () => nested(10_000), DEEP),
  argument('10,000 arrays in each other', () => nestedArray(10_000), DEEP),
  argument('10,000 Maps in each other', () => {
    let map = new Map<string, unknown>();
    for (let level = 0; level < 10_000; level += 1) map = new Map([['in', map]]);
    return map;
  }, DEEP), // prettier-ignore
  argument('10,000 causes', () => {
    let error = new Error('first');
    for (let level = 0; level < 10_000; level += 1) error = new Error('next', { cause: error });
    return error;
  }, DEEP), // prettier-ignore
  argument('201 levels', () => nested(201), DEEP),
  argument('a text that is too large', () => 'x'.repeat(1_048_577), SIZE),
  argument('many small things that are too large', () => new Array(600_000).fill(1), SIZE),
  argument('a text that is too large in UTF-8', () => 'ä'.repeat(600_000), SIZE),
  argument('a text that is too large with its escapes', () => '\n'.repeat(600_000), SIZE),
  argument('bytes that are too large', () => Buffer.alloc(1_000_000), SIZE),
  argument('what unfolds without end', () => {
    let value: unknown = 'x';
    for (let level = 0; level < 100; level += 1) value = [value, value];
    return value;
  }, 'which is more than the 1048576'), // prettier-ignore
  argument('100 MB of text', () => 'x'.repeat(100_000_000), 'which is more than the 1048576'),
  argument('a getter that throws', () => ({
    get a() {
      throw new Error('not today');
    },
  }), 'args[0].a', 'can not be read: not today'), // prettier-ignore
  argument('a proxy that throws', () => ({ a: unreadable }), 'args[0].a', 'can not be read'),
  argument('an object with a prototype of its own', () => Object.create({ a: 1 }) as unknown, 'args[0]'),
  refused(
    'the second of two arguments',
    ({ queue }) => queue.withDelay(Target).run(1, { a: () => 5 }),
    'args[1].a',
    FUNCTION,
  ),
  refused('by name', ({ queue }) => queue.enqueue('Target.run', [() => 5]), 'args[0]', FUNCTION),
  refused('of a delayable', ({ queue }) => queue.delayable(Target).run(() => 5), 'args[0]', FUNCTION),
  refused(
    'one among many',
    ({ queue }) => queue.delayAll([queue.delayable(Target).run(1), queue.delayable(Target).run(Symbol('x'))]),
    'args[0]',
    'is a symbol',
  ),
];
