import { runInNewContext } from 'node:vm';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { refusalOf, roundTrip } from './support.js';

class PaymentError extends Error {
  readonly code = 'DECLINED';
  override readonly name = 'PaymentError';
}

class NamelessError extends Error {}

describe('an error', () => {
  it.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    'comes back as an instance of its standard class: %p',
    async (Type) => {
      const error = new Type('broken');
      const decoded = (await roundTrip(error)) as Error;
      expect(decoded.constructor).toBe(Type);
      expect(decoded).toMatchObject({ name: Type.name, message: 'broken', stack: error.stack });
      expect(Object.keys(decoded)).toEqual([]);
    },
  );

  it('of another class comes back as an Error of that name, with its properties', async () => {
    const decoded = (await roundTrip(new PaymentError('no'))) as PaymentError;
    expect(decoded.constructor).toBe(Error);
    expect(decoded).toMatchObject({ name: 'PaymentError', message: 'no', code: 'DECLINED' });
  });

  it('of a class that sets no name comes back under the name of the class', async () => {
    expect(await roundTrip(new NamelessError('x'))).toMatchObject({ name: 'NamelessError', message: 'x' });
  });

  it('keeps its causes down the chain, of any type', async () => {
    const error = new Error('a', { cause: new TypeError('b', { cause: { at: new Date(0) } }) });
    const decoded = (await roundTrip(error)) as Error & { cause: Error };
    expect(decoded.cause).toBeInstanceOf(TypeError);
    expect(decoded.cause.cause).toEqual({ at: new Date(0) });
    expect(Object.keys(decoded)).toEqual([]);
  });

  it('tells a cause of undefined from none', async () => {
    expect(Object.hasOwn((await roundTrip(new Error('a', { cause: undefined }))) as Error, 'cause')).toBe(
      true,
    );
    expect(Object.hasOwn((await roundTrip(new Error('a'))) as Error, 'cause')).toBe(false);
  });

  it('keeps the errors of an AggregateError', async () => {
    const error = new AggregateError([new RangeError('one'), 2n], 'all failed');
    const decoded = (await roundTrip(error)) as AggregateError;
    expect(decoded).toBeInstanceOf(AggregateError);
    expect(decoded.errors[0]).toBeInstanceOf(RangeError);
    expect(decoded.errors[1]).toBe(2n);
    expect(decoded.message).toBe('all failed');
  });

  it('without a stack comes back without one', async () => {
    const error = new Error('x');
    delete (error as { stack?: string }).stack;
    expect(((await roundTrip(error)) as Error).stack).toBeUndefined();
  });

  it('loses the properties that can not be carried, and keeps the others', async () => {
    const error = Object.assign(new Error('x'), {
      request: { headers: { a: 1 }, abort: () => undefined },
      status: 503,
      bad: '\0',
      at: new Date(0),
      $type: 'Entity',
    });
    const holder = Object.assign(error, { self: error });
    const decoded = (await roundTrip(holder)) as Error;
    expect(Object.entries(decoded)).toEqual([
      ['status', 503],
      ['at', new Date(0)],
      ['$type', 'Entity'],
    ]);
  });

  it('has its message and name as text, whatever a library made of them', async () => {
    const error = Object.assign(new Error('x'), { message: 5, name: null });
    expect(await roundTrip(error)).toMatchObject({ message: '5', name: 'null' });
  });

  it('stands in the way of nothing that comes after a property that was left out', async () => {
    const error = Object.assign(new Error('x'), { deep: { a: [{ b: Symbol('s') }] } });
    const codec = new ArgumentCodec();
    expect(codec.encode([error])).not.toContain('deep');
    expect(refusalOf({ list: [error, { run: () => 1 }] }).path).toBe('args[0].list[1].run');
  });

  it('is refused where its cause can not be carried', () => {
    expect(refusalOf(new Error('x', { cause: { run: () => 1 } })).path).toBe('args[0].cause.run');
  });

  it('of another realm, and a DOMException, is an error as well', async () => {
    const foreign: unknown = runInNewContext('new RangeError("far")');
    expect(await roundTrip(foreign)).toMatchObject({ name: 'RangeError', message: 'far' });
    expect(await roundTrip(new DOMException('stopped', 'AbortError'))).toMatchObject({
      name: 'AbortError',
      message: 'stopped',
    });
  });

  it('keeps a property named __proto__ as its own', async () => {
    const error = new Error('x');
    Object.defineProperty(error, '__proto__', { value: { a: 1 }, enumerable: true });
    const decoded = (await roundTrip(error)) as Error;
    expect(Object.getPrototypeOf(decoded)).toBe(Error.prototype);
    expect(Object.entries(decoded)).toEqual([['__proto__', { a: 1 }]]);
  });

  it('does not make an endless walk of what it leaves out', () => {
    const fail = (): never => {
      throw new Error('no');
    };
    let error: Error = new Error('bottom');
    for (let i = 0; i < 60; i += 1) {
      const part = { filler: 'x'.repeat(20), error, fail };
      error = Object.assign(new Error(`${i}`), { a: part, b: part });
    }
    expect(refusalOf(error, new ArgumentCodec({ maxPayloadBytes: 5000 })).message).toContain(
      'maxPayloadBytes',
    );
  });
});
