import type { Type } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { RelatedActionError } from '../errors/related-action.error.js';
import type { Invoke } from './job-function.js';
import { settledResult } from './method-result.js';
import { isSingle, type ProviderBinding } from './provider-binding.js';

type Methods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Calls methods of what is bound to the token: of the one instance, or of one made for each job. */
export function invokerOf(binding: ProviderBinding): Invoke {
  const { wrapper, tokenName } = binding;
  const call = (instance: unknown, methodName: string, args: readonly unknown[]): unknown => {
    const where = `${tokenName}.${methodName}`;
    const method = (instance as Methods)[methodName];
    if (typeof method !== 'function') throw new RelatedActionError(`The provider has no method ${where}.`);
    return settledResult(Reflect.apply(method, instance, args), where);
  };
  if (isSingle(wrapper)) return (methodName, args) => call(wrapper.instance, methodName, args);
  return async (methodName, args, request) => call(await make(binding, request), methodName, args);
}

/** A request-scoped provider gets the job as its request; a transient one is made again. */
async function make({ wrapper, token }: ProviderBinding, request: () => object): Promise<unknown> {
  const context = ContextIdFactory.create();
  // That of its own module: another one may have a provider of the same token.
  const moduleRef = wrapper.host?.providers.get(ModuleRef)?.instance as ModuleRef;
  moduleRef.registerRequestByContextId(request(), context);
  return moduleRef.resolve(token as Type, context, { strict: true });
}
