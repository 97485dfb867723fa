import { runInNewContext } from 'node:vm';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { InvalidModuleOptionError } from '../../../lib/errors/invalid-module-option.error.js';
import { QueueJobError } from '../../../lib/errors/queue-job.error.js';
import { UnserializableArgumentError } from '../../../lib/errors/unserializable-argument.error.js';
import { nested, refusalOf, thrownBy } from './support.js';

class Money {
  readonly cents = 5;

  total(): number {
    return 0;
  }
}
class MyDate extends Date {}
class MyMap extends Map {}
class MySet extends Set {}
class MyList extends Array<unknown> {}
class MyBytes extends Uint8Array {}

const run = (): void => undefined;
const loop: Record<string, unknown> = { name: 'loop' };
loop['list'] = [{ back: loop }];
const ring = new Map<string, unknown>();
ring.set('me', new Set([ring]));

describe('what can not be carried is refused with its path', () => {
  it.each<[string, unknown, string, string]>([
    ['function', run, 'args[0]', 'is a function'],
    ['method', { items: [0, 1, 2, { run }] }, 'args[0].items[3].run', 'is a function'],
    ['class', { Money }, 'args[0].Money', 'is a function'],
    ['symbol', [Symbol('s')], 'args[0][0]', 'is a symbol'],
    ['symbol key', { a: { [Symbol('s')]: 1 } }, 'args[0].a[Symbol(s)]', 'has a symbol as its key'],
    ['key with a blank', { 'a b': run }, 'args[0]["a b"]', 'is a function'],
    ['empty key', { '': run }, 'args[0][""]', 'is a function'],
    ['Map value by its key', new Map([['k', run]]), 'args[0].get("k")', 'is a function'],
    ['Map value by a number', new Map([[7, run]]), 'args[0].get(7)', 'is a function'],
    ['Map value by an object', new Map([[{}, run]]), 'args[0].values()[0]', 'is a function'],
    ['Map key', new Map([[run, 1]]), 'args[0].keys()[0]', 'is a function'],
    ['Set member', new Set([1, 2, { run }]), 'args[0].values()[2].run', 'is a function'],
    ['class instance', { price: new Money() }, 'args[0].price', 'is an instance of the class Money'],
    ['Promise', Promise.resolve(1), 'args[0]', 'await it'],
    ['WeakMap', new WeakMap(), 'args[0]', 'the class WeakMap'],
    ['boxed string', Object('s'), 'args[0]', 'the class String'],
    ['boxed number', Object(1), 'args[0]', 'the class Number'],
    ['boxed bigint', Object(1n), 'args[0]', 'the class BigInt'],
    ['iterator', [].values(), 'args[0]', 'the class Array Iterator'],
    ['prototype of its own', Object.create({ a: 1 }), 'args[0]', 'an object with a prototype of its own'],
    ['subclass of Date', new MyDate(), 'args[0]', 'the class MyDate'],
    ['subclass of Map', new MyMap(), 'args[0]', 'the class MyMap'],
    ['subclass of Set', new MySet(), 'args[0]', 'the class MySet'],
    ['subclass of Array', new MyList(), 'args[0]', 'the class MyList'],
    ['subclass of Uint8Array', new MyBytes(2), 'args[0]', 'the class MyBytes'],
    ['shared memory', new SharedArrayBuffer(1), 'args[0]', 'the class SharedArrayBuffer'],
    ['class of another realm', runInNewContext('new (class Far { go() {} })()'), 'args[0]', 'the class Far'],
    ['cycle', loop, 'args[0].list[0].back', 'a cycle'],
    ['cycle through Map and Set', ring, 'args[0].get("me").values()[0]', 'a cycle'],
    ['NUL', { a: ['x\0y'] }, 'args[0].a[0]', 'NUL'],
    ['NUL in a key', { 'x\0': 1 }, 'args[0]["x\\u0000"]', 'NUL'],
    ['NUL in a RegExp', new RegExp(String.fromCharCode(0)), 'args[0].source', 'NUL'],
    ['NUL in an error', new Error('\0'), 'args[0].message', 'NUL'],
    ['high surrogate', { a: 'x\ud83d' }, 'args[0].a', 'lone surrogate'],
    ['low surrogate', '\ude00\ud83d', 'args[0]', 'lone surrogate'],
    ['lone surrogate in a key', { '\ud83d': 1 }, 'args[0]["\\ud83d"]', 'lone surrogate'],
  ])('%s', (_, value, path, reason) => {
    const error = refusalOf(value);
    expect(error.path).toBe(path);
    expect(error.message).toContain(reason);
    expect(error.message.startsWith(`${path} `)).toBe(true);
    expect(error.code).toBe('UNSERIALIZABLE_ARGUMENT');
  });

  it('counts the arguments', () => {
    expect(thrownBy(() => new ArgumentCodec().encode([1, new Date(), { run }]))).toMatchObject({
      path: 'args[2].run',
    });
  });

  it('says for a class instance how to register a codec', () => {
    expect(refusalOf(new Money()).message).toContain('module option codecs');
  });

  it('shortens a very long key in the path', () => {
    expect(refusalOf({ ['k'.repeat(5000)]: run }).path.length).toBeLessThan(130);
  });

  it('carries the cause of a getter that throws', () => {
    const cause = new Error('lazy');
    const value = {
      items: [
        {
          get broken(): unknown {
            throw cause;
          },
        },
      ],
    };
    expect(refusalOf(value)).toMatchObject({ path: 'args[0].items[0].broken', cause });
    expect(refusalOf(value).message).toContain('lazy');
  });

  it('carries the cause of a proxy that throws, and refuses a revoked one', () => {
    const cause = new TypeError('closed');
    const ownKeys = (): never => {
      throw cause;
    };
    expect(refusalOf({ a: new Proxy({}, { ownKeys }) })).toMatchObject({ path: 'args[0].a', cause });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusalOf([1, proxy]).path).toBe('args[0][1]');
  });

  it('refuses what only claims to be a URL', () => {
    expect(refusalOf({ url: Object.create(URL.prototype) }).path).toBe('args[0].url');
  });
});

describe('depth', () => {
  it('is carried to 200 levels, the list of arguments included', () => {
    const codec = new ArgumentCodec();
    const text = codec.encode([nested(199)]);
    expect(codec.decode(text)).toEqual([nested(199)]);
    const error = refusalOf(nested(200));
    expect(error.message).toContain('more than 200 levels');
    expect(error.path).toBe(`args[0]${'.deeper'.repeat(199)}`);
  });

  it.each<[string, (inner: unknown) => unknown]>([
    ['Map', (inner) => new Map([['k', inner]])],
    ['Set', (inner) => new Set([inner])],
    ['Error', (inner) => Object.assign(new Error('x', { cause: 1 }), { inner })],
    ['AggregateError', (inner) => new AggregateError([inner], 'x')],
    ['escaped object', (inner) => ({ $type: inner })],
  ])('that was carried comes back, also of %s', (_, wrap) => {
    const codec = new ArgumentCodec();
    let deepest = '';
    let value: unknown = new Date(0);
    for (let i = 0; i < 250; i += 1) {
      value = wrap(value);
      try {
        deepest = codec.encode([value]);
      } catch (error) {
        expect((error as Error).message).toContain('levels');
        break;
      }
    }
    const back = codec.decode(deepest) as unknown[];
    expect(codec.encode(back)).toBe(deepest);
    expect(deepest.split('"$type"').length).toBeGreaterThan(90);
  });

  it('of 100,000 levels is refused without overflowing the stack', () => {
    expect(refusalOf(nested(100_000)).message).toContain('more than 200 levels');
  });

  it('of an error whose properties go too deep costs only those properties', () => {
    const text = new ArgumentCodec().encode([Object.assign(new Error('x'), { deep: nested(300), code: 1 })]);
    expect(text).toContain('"props":{"code":1}');
  });
});

describe('size', () => {
  it('counts bytes of UTF-8 and names size, limit and option', () => {
    const codec = new ArgumentCodec({ maxPayloadBytes: 20 });
    expect(codec.encode(['x'.repeat(16)])).toHaveLength(20);
    expect(codec.encode(['ü'.repeat(8)])).toHaveLength(12);
    expect(refusalOf('x'.repeat(17), codec)).toMatchObject({ path: 'args' });
    expect(refusalOf('x'.repeat(17), codec).message).toMatch(/^args takes 21 bytes .* 20 .*maxPayloadBytes/);
    expect(refusalOf('ü'.repeat(9), codec).message).toContain('takes 22 bytes');
    expect(refusalOf('€'.repeat(6), codec).message).toContain('takes 22 bytes');
  });

  it('is 1 MiB by default', () => {
    const codec = new ArgumentCodec();
    expect(codec.encode(['x'.repeat(1024 * 1024 - 4)])).toHaveLength(1024 * 1024);
    expect(refusalOf('x'.repeat(1024 * 1024 - 3)).message).toContain('takes 1048577 bytes');
  });

  it('stops early for a small object that unfolds without end', () => {
    let value: object = {};
    for (let i = 0; i < 100; i += 1) value = { a: value, b: value };
    expect(refusalOf(value).path).toBe('args');
    expect(refusalOf(value).message).toContain('takes more than 2097152 bytes');
    expect(refusalOf(new Array(4_000_000_000)).path).toBe('args');
  });

  it('holds for values under their own name', () => {
    const codec = new ArgumentCodec({ maxPayloadBytes: 5 });
    expect(thrownBy(() => codec.encodeValue('12345', 'result'))).toMatchObject({ path: 'result' });
  });

  it.each([0, -1, 1.5, NaN, Infinity, 64 * 1024 * 1024 + 1, '5' as unknown as number])(
    'refuses %p as a limit',
    (maxPayloadBytes) => {
      const error = thrownBy(() => new ArgumentCodec({ maxPayloadBytes }));
      expect(error).toBeInstanceOf(InvalidModuleOptionError);
      expect(error.message).toContain('maxPayloadBytes');
    },
  );
});

describe('an UnserializableArgumentError', () => {
  it('is a QueueJobError', () => {
    expect(refusalOf(run)).toBeInstanceOf(QueueJobError);
    expect(refusalOf(run)).toBeInstanceOf(UnserializableArgumentError);
  });
});
