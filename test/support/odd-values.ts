import fc from 'fast-check';
import {
  FailedJobError,
  JobCancelledError,
  MaxRetriesError,
  NothingToDoJob,
  RetryableJobError,
} from '../../lib/index.js';

const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const refuse = (): never => {
  throw new Error('not readable');
};

/** V8 writes a stack when it is first touched, and stumbles over a name that is odd already. */
function define(error: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
  try {
    Reflect.defineProperty(error, name, descriptor);
  } catch {
    // It is odd enough.
  }
}

/** A proxy of which every question throws, from the n-th on. */
function refusing(target: object, from: number): object {
  let asked = 0;
  const trap = (name: keyof typeof Reflect) =>
    function ask(...args: unknown[]): unknown {
      asked += 1;
      if (asked > from) throw new Error('no more questions');
      return (Reflect[name] as (...given: unknown[]) => unknown)(...args);
    };
  return new Proxy(target, {
    get: trap('get') as ProxyHandler<object>['get'] & {},
    has: trap('has') as ProxyHandler<object>['has'] & {},
    getPrototypeOf: trap('getPrototypeOf') as ProxyHandler<object>['getPrototypeOf'] & {},
    ownKeys: trap('ownKeys') as ProxyHandler<object>['ownKeys'] & {},
    getOwnPropertyDescriptor: trap(
      'getOwnPropertyDescriptor',
    ) as ProxyHandler<object>['getOwnPropertyDescriptor'] & {},
  });
}

/** Made when it is used: fast-check itself can't handle a revoked proxy. */
const property: fc.Arbitrary<() => PropertyDescriptor> = fc.oneof(
  fc
    .constantFrom<() => unknown>(
      () => Symbol('odd'),
      () => Object.create(null),
      () => undefined,
      () => null,
      () => NaN,
      () => Infinity,
      () => -1,
      () => 1n,
      () => '\0',
      () => '\ud800',
      () => [],
      () => () => 'text',
      () => revoked({}),
      () => revoked([]),
      () => ({ toString: refuse }),
      () => ({ toJSON: refuse }),
    )
    .map((make) => () => ({ value: make(), configurable: true })),
  fc.constant(() => ({ get: refuse, configurable: true })),
);

const NAMES = [
  'message', 'name', 'stack', 'cause', 'errors', 'code', 'driverError', 'constructor', 'seconds', 'ignoreRetry',
  'toString', 'toJSON', 'length', Symbol.toStringTag, Symbol.toPrimitive,
] as const; // prettier-ignore

const base: fc.Arbitrary<() => object> = fc.constantFrom(
  () => new Error('plain'),
  () => new AggregateError([new Error('one')], 'many'),
  () => new RetryableJobError('again', { seconds: 0 }),
  () => new RetryableJobError('by pattern'),
  () => new NothingToDoJob('nothing'),
  () => new FailedJobError('no'),
  () => new JobCancelledError('cancelled'),
  () => new MaxRetriesError('too often'),
  () => new DOMException('aborted', 'AbortError'),
  () => ({ message: 'like an error', name: 'Alike' }),
  () => Object.create(null) as object,
  () => new Map(),
  () => () => undefined,
);

/** Makes whatever a method may throw: errors with odd properties, proxies that refuse, and what is no error at all. */
export const oddThrown: fc.Arbitrary<() => unknown> = fc.oneof(
  fc
    .tuple(base, fc.array(fc.tuple(fc.constantFrom(...NAMES), property), { maxLength: 4 }))
    .map(([make, properties]) => () => {
      const error = make();
      for (const [name, descriptor] of properties) define(error, name, descriptor());
      return error;
    }),
  fc.tuple(base, fc.nat(30)).map(
    ([make, from]) =>
      () =>
        refusing(make(), from),
  ),
  base.map((make) => () => revoked(make())),
  fc.constantFrom<unknown>(undefined, null, 0, '', Symbol('thrown'), 1n, NaN).map((value) => () => value),
  fc.anything().map((value) => () => value),
);
