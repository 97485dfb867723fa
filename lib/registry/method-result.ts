import { lastValueFrom, type Observable } from 'rxjs';
import { UnsupportedResultError } from '../errors/unsupported-result.error.js';

const GENERATORS: readonly unknown[] = ['GeneratorFunction', 'AsyncGeneratorFunction'];

/** A `function*`, also one of another realm. */
export const isGeneratorFunction = (method: unknown): boolean =>
  typeof method === 'function' &&
  GENERATORS.includes((method as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]);

/**
 * What a method's result stands for: of an Observable, as everywhere in Nest, its last value, `undefined` where it has
 * none. A plain result and a promise of one stay what they are.
 *
 * @throws UnsupportedResultError for a generator, whose steps nobody would run
 */
export function settledResult(result: unknown, where: string): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if (result instanceof Promise) return result.then((value: unknown) => ofValue(value, where));
  return ofValue(result, where);
}

function ofValue(value: unknown, where: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isObservable(value)) return lastValueFrom(value, { defaultValue: undefined });
  if (isGenerator(value)) {
    throw new UnsupportedResultError(
      `${where} returned a generator, of which nothing has run. Make it an async method that runs the steps itself.`,
    );
  }
  return value;
}

/** As Nest tells one: by its method, since an application may have installed rxjs twice. */
const isObservable = (value: object): value is Observable<unknown> =>
  typeof read(value, 'subscribe') === 'function' && typeof read(value, 'pipe') === 'function';

const isGenerator = (value: object): boolean =>
  ['Generator', 'AsyncGenerator'].includes(read(value, Symbol.toStringTag) as string);

/** A result may be a proxy, or have getters, that throw: then it is neither. */
function read(value: object, key: string | symbol): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}
