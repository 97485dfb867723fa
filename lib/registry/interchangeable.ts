import { ModuleRef } from '@nestjs/core';
import type { Wrapper } from './provider-binding.js';

/** More values than the options of a module have: what is larger is no longer compared, and counts as different. */
const MOST_COMPARED = 1_000;

/**
 * Whether two providers of one token do the same, so that either may run a job: the same class, which gets the same
 * things injected. That is so where a class stands among the providers of two modules; it isn't where a dynamic module
 * was imported twice, with options of its own each time.
 */
export function areInterchangeable(one: Wrapper, other: Wrapper, seen = new Set<string>()): boolean {
  const pair = `${one.id} ${other.id}`;
  // Around a circle of dependencies nothing new is told.
  if (one === other || seen.has(pair)) return true;
  seen.add(pair);
  if (one.metatype === ModuleRef && other.metatype === ModuleRef) return true;
  const isClass = typeof one.metatype === 'function' && isMissing(one.inject);
  if (!isClass || one.metatype !== other.metatype) {
    return sameValue(one.instance, other.instance, { left: MOST_COMPARED, seen: new Map() });
  }
  const injected = [dependenciesOf(one), dependenciesOf(other)] as const;
  return (
    injected[0].length === injected[1].length &&
    injected[0].every((dependency, at) => areInterchangeable(dependency, injected[1][at] as Wrapper, seen))
  );
}

const dependenciesOf = (wrapper: Wrapper): Wrapper[] => [
  ...(wrapper.getCtorMetadata() ?? []),
  ...(wrapper.getPropertiesMetadata() ?? []).map((property) => property.wrapper),
];

const isMissing = (value: unknown): boolean => value === undefined || value === null;

interface Comparison {
  left: number;
  readonly seen: Map<object, object>;
}

/** Whether two values are alike all through; functions, and objects whose state can't be seen, only where they are one. */
function sameValue(one: unknown, other: unknown, comparison: Comparison): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (comparison.seen.get(one) === other) return true;
  comparison.seen.set(one, other);
  const prototype = Reflect.getPrototypeOf(one);
  if (prototype !== Reflect.getPrototypeOf(other) || hidesState(prototype)) return false;
  const keys = Reflect.ownKeys(one);
  comparison.left -= keys.length;
  if (comparison.left < 0 || keys.length !== Reflect.ownKeys(other).length) return false;
  return keys.every((key) => {
    const [first, second] = [one, other].map((owner) => Reflect.getOwnPropertyDescriptor(owner, key));
    if (first === undefined || second === undefined || !('value' in first) || !('value' in second))
      return false;
    return sameValue(first.value, second.value, comparison);
  });
}

/** Private members, and the contents of what the language itself makes, such as a Map. */
function hidesState(own: object | null): boolean {
  for (let prototype = own; prototype !== null; prototype = Reflect.getPrototypeOf(prototype)) {
    if (prototype === Object.prototype || prototype === Array.prototype) return false;
    const source = Function.prototype.toString.call(prototype.constructor);
    if (source.includes('[native code]') || /(^|[^\w$'"`])#[\w$]/.test(source)) return true;
  }
  return false;
}
