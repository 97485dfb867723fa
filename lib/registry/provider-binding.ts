import type { InjectionToken, Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { classNameOf } from './job-metadata.js';

export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** What a module binds to a token. */
export interface ProviderBinding {
  readonly wrapper: Wrapper;
  readonly token: InjectionToken;
  /** The token as text, before the dot of its jobs' names. */
  readonly tokenName: string;
  /** The class that stands as the token. */
  readonly tokenClass: Type | undefined;
  /** The class of the instance; undefined where that is a plain object, or where only a request makes it. */
  readonly type: Type | undefined;
  readonly moduleName: string;
}

export function bindingOf(wrapper: Wrapper): ProviderBinding {
  const token = wrapper.token;
  const tokenClass = isClass(token) ? token : undefined;
  return {
    wrapper,
    token,
    tokenName: tokenNameOf(token),
    tokenClass,
    type: classOf(wrapper),
    moduleName: wrapper.host?.name ?? '?',
  };
}

function tokenNameOf(token: InjectionToken): string {
  if (typeof token === 'function') return classNameOf(token as Type);
  return typeof token === 'symbol' ? (token.description ?? '') : token;
}

/** The one instance of the application; undefined where each job, or each request, has its own. */
export function singleInstance({ wrapper }: ProviderBinding): object | undefined {
  if (!isSingle(wrapper)) return undefined;
  const instance: unknown = wrapper.instance;
  return typeof instance === 'object' && instance !== null ? instance : undefined;
}

export const isSingle = (wrapper: Wrapper): boolean =>
  wrapper.isDependencyTreeStatic() && !wrapper.isTransient;

/** The class whose prototype an object has. */
export function classOfInstance(instance: object): Type | undefined {
  const prototype = Reflect.getPrototypeOf(instance);
  return isClass(prototype?.constructor) ? prototype.constructor : undefined;
}

function classOf(wrapper: Wrapper): Type | undefined {
  const { metatype } = wrapper;
  // The metatype of a factory is the factory; what it made tells the class.
  if (wrapper.inject === undefined || wrapper.inject === null) {
    if (isClass(metatype)) return metatype;
  }
  const instance: unknown = wrapper.instance;
  const type = typeof instance === 'object' && instance !== null ? classOfInstance(instance) : undefined;
  return type === Object ? undefined : type;
}

export const isClass = (value: unknown): value is Type =>
  typeof value === 'function' && typeof (value as { prototype?: unknown }).prototype === 'object';
