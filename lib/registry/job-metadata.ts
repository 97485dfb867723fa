import 'reflect-metadata';
import type { ValidJobFunctionOptions } from '../job/job-function-options.js';
import { JOB_METADATA, RELATED_ACTION_METADATA } from './registry.tokens.js';
import type { RelatedActionOptions } from './related-action.js';

/** A method with `@Job()`, as its class declares it. */
export interface DeclaredJob {
  readonly methodName: string;
  readonly options: ValidJobFunctionOptions;
  readonly relatedAction: RelatedActionOptions | undefined;
}

/** The jobs of a class, inherited ones included. */
export interface DeclaredJobs {
  readonly jobs: ReadonlyMap<string, DeclaredJob>;
  /** Methods that override a job without being one. */
  readonly overridden: readonly string[];
}

type Method = object | undefined;

/**
 * Keeps what a decorator says of a method. It stays with the class and the method's name: another decorator may put
 * another function, or a getter, in the place of this one. And it stays with the function, which others copy it from.
 */
export function declare(key: string, value: object, target: object, name: string, method: unknown): void {
  const declared = Reflect.getOwnMetadata(key, target) as ReadonlyMap<string, object> | undefined;
  Reflect.defineMetadata(key, new Map([...(declared ?? []), [name, value]]), target);
  if (typeof method === 'function') Reflect.defineMetadata(key, value, method);
}

/** The jobs that a class declares or inherits. Only prototypes are read, and no getter runs. */
export function declaredJobs(type: { readonly prototype: object }): DeclaredJobs {
  const jobs = new Map<string, DeclaredJob>();
  const overriding = new Set<string>();
  const overridden = new Set<string>();
  const chain = [...prototypesOf(type.prototype)];
  for (const [at, prototype] of chain.entries()) {
    const isStandIn = standsInFor(prototype, chain[at + 1]);
    for (const [methodName, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (methodName === 'constructor') continue;
      const options = declaredOf<ValidJobFunctionOptions>(JOB_METADATA, prototype, methodName, property);
      if (options === undefined) {
        if (!isStandIn && !jobs.has(methodName)) overriding.add(methodName);
      } else if (overriding.has(methodName)) {
        overridden.add(methodName);
      } else if (!jobs.has(methodName)) {
        const relatedAction = declaredOf<RelatedActionOptions>(
          RELATED_ACTION_METADATA,
          prototype,
          methodName,
          property,
        );
        jobs.set(methodName, { methodName, options, relatedAction });
      }
    }
  }
  return { jobs, overridden: [...overridden] };
}

/** The name of a class; of one that a class decorator has put in its place, that of the class it extends. */
export function classNameOf(type: { readonly name: string; readonly prototype: object }): string {
  if (type.name !== '') return type.name;
  const above = Reflect.getPrototypeOf(type) as { name: string; prototype?: object } | null;
  return typeof above?.prototype === 'object' ? classNameOf(above as never) : '';
}

/** A class decorator returns a class that extends the decorated one: without a name, or with the same. */
function standsInFor(prototype: object, above: object | undefined): boolean {
  const { name } = prototype.constructor;
  return above !== undefined && (name === '' || name === above.constructor.name);
}

function declaredOf<T>(
  key: string,
  prototype: object,
  name: string,
  { value }: PropertyDescriptor,
): T | undefined {
  const byName = (Reflect.getOwnMetadata(key, prototype) as ReadonlyMap<string, T> | undefined)?.get(name);
  const method = value as Method;
  if (byName !== undefined || typeof method !== 'function') return byName;
  return Reflect.getOwnMetadata(key, method) as T | undefined;
}

/** From the class's own up, without that of every object. */
function* prototypesOf(own: object): Generator<object> {
  for (
    let prototype: object | null = own;
    prototype !== null && prototype !== Object.prototype;
    prototype = Reflect.getPrototypeOf(prototype)
  ) {
    yield prototype;
  }
}
