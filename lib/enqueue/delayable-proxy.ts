/**
 * An object on which every property is a method that hands its name and arguments on. `then` is none, so that awaiting
 * the object itself by mistake does no harm.
 */
export function methodProxy(call: (methodName: string, args: readonly unknown[]) => unknown): object {
  return new Proxy(Object.freeze({}), {
    get: (_, name) => {
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      return (...args: unknown[]) => call(name, args);
    },
  });
}
