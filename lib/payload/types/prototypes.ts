import { types } from 'node:util';

/**
 * Whether this is an object literal or one without prototype. Those of another realm count (`structuredClone` gives
 * them under Jest), so the prototype is judged by what it is, not only by which it is.
 */
export function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return isRootPrototype(prototype as object);
}

/** Whether this is an array and not an instance of a subclass, which would lose its class. */
export function isPlainArray(value: object): value is readonly unknown[] {
  return (
    Array.isArray(value) && (Object.getPrototypeOf(value) === Array.prototype || prototypeCount(value) === 2)
  );
}

/** Whether this is a `Map` and not an instance of a subclass. */
export function isMap(value: object): value is ReadonlyMap<unknown, unknown> {
  return types.isMap(value) && prototypeCount(value) === 2;
}

/** Whether this is a `Set` and not an instance of a subclass. */
export function isSet(value: object): value is ReadonlySet<unknown> {
  return types.isSet(value) && prototypeCount(value) === 2;
}

/**
 * Whether this is an instance of a class that has fields alone, as the body of a request that a `ValidationPipe` made a
 * DTO: no class in its chain has a method or an accessor, so nothing but its fields would be lost.
 */
export function isFieldsOnly(value: object): value is Readonly<Record<string, unknown>> {
  let prototype = Object.getPrototypeOf(value) as object;
  while (!isRootPrototype(prototype)) {
    const [only, ...more] = Reflect.ownKeys(prototype);
    const { constructor } = prototype;
    if (only !== 'constructor' || more.length > 0) return false;
    if (typeof constructor !== 'function' || constructor.prototype !== prototype) return false;
    const next: unknown = Object.getPrototypeOf(prototype);
    if (typeof next !== 'object' || next === null) return false;
    prototype = next;
  }
  return true;
}

/** How many prototypes a value has, the root one included: tells a built-in class from its subclasses in any realm. */
export function prototypeCount(value: object): number {
  let count = 0;
  for (let p: unknown = Object.getPrototypeOf(value); p !== null; p = Object.getPrototypeOf(p)) count += 1;
  return count;
}

/** The name of the class of an object; `Object` where its prototype belongs to no class. */
export function classNameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const constructor: unknown =
    typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'constructor')
      ? (prototype as { constructor: unknown }).constructor
      : undefined;
  if (typeof constructor === 'function' && constructor.name !== '') return constructor.name;
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Sets an own property, also where its name is `__proto__`: an assignment would change the prototype. */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function isRootPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}
