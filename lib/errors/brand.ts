/**
 * Marks the classes of this library that a second copy of it must recognise, as in a monorepo with two installations, or
 * where the module registry was reset. Its value is the name of the class.
 */
export const BRAND: unique symbol = Symbol.for('nestjs-queue-job:brand') as never;

interface BrandedClass {
  readonly prototype: object;
  readonly [BRAND]?: string;
}

/** Whether the value is an instance of the class, or of the same class in another copy of the library. */
export function isInstanceOf(wanted: BrandedClass, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // A class of the application that extends one of ours inherits the brand, but is recognised as itself alone.
  const brand = Object.hasOwn(wanted, BRAND) ? wanted[BRAND] : undefined;
  try {
    for (let proto = prototypeOf(value); proto !== null; proto = prototypeOf(proto)) {
      if (proto === wanted.prototype) return true;
      const { constructor } = proto;
      if (
        brand !== undefined &&
        Object.hasOwn(constructor, BRAND) &&
        (constructor as BrandedClass)[BRAND] === brand
      )
        return true;
    }
  } catch {
    // A revoked proxy, or a prototype that is no class: none of ours.
  }
  return false;
}

const prototypeOf = (value: object): object | null => Object.getPrototypeOf(value) as object | null;
