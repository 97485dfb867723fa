import type { Type } from '@nestjs/common';
import { type ContextId, ContextIdFactory, ModuleRef } from '@nestjs/core';
import { RelatedActionError } from '../errors/related-action.error.js';
import type { Invoke } from './job-function.js';
import { settledResult } from './method-result.js';
import { isSingle, type ProviderBinding } from './provider-binding.js';

type Methods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Calls a method of an instance; `contextId` is that of an instance made for the job. */
export type CallMethod = (
  instance: object,
  methodName: string,
  args: readonly unknown[],
  contextId: ContextId | undefined,
) => unknown;

/**
 * Calls methods of what is bound to the token: of the one instance, or of one made for each job.
 *
 * @param around - how a method that the instance has is called. Default: with nothing around it
 */
export function invokerOf(binding: ProviderBinding, around: CallMethod = plainly(binding)): Invoke {
  const { wrapper, tokenName } = binding;
  const call: CallMethod = (instance, methodName, args, contextId) => {
    if (typeof (instance as Methods)[methodName] !== 'function')
      throw new RelatedActionError(`The provider has no method ${tokenName}.${methodName}.`);
    return around(instance, methodName, args, contextId);
  };
  if (isSingle(wrapper))
    return (methodName, args) => call(wrapper.instance as object, methodName, args, undefined);
  return async (methodName, args, request) => {
    const [instance, contextId] = await make(binding, request());
    return call(instance, methodName, args, contextId);
  };
}

/** With nothing around the method. */
export function plainly({ tokenName }: ProviderBinding): CallMethod {
  return (instance, methodName, args) =>
    settledResult(
      Reflect.apply((instance as Methods)[methodName] as () => unknown, instance, args),
      `${tokenName}.${methodName}`,
    );
}

/**
 * A request-scoped provider gets the job as its request; a transient one is made again. As for a route, the strategy of
 * the application says to which context the request belongs: of a durable provider there is one for each of these, and its
 * request is what the strategy says.
 */
async function make({ wrapper, token }: ProviderBinding, job: object): Promise<[object, ContextId]> {
  const context = ContextIdFactory.getByRequest(job);
  // That of its own module: another one may have a provider of the same token.
  const moduleRef = wrapper.host?.providers.get(ModuleRef)?.instance as ModuleRef;
  const request = wrapper.isDependencyTreeDurable() ? context.payload : job;
  moduleRef.registerRequestByContextId(request, context);
  return [await moduleRef.resolve(token as Type, context, { strict: true }), context];
}
