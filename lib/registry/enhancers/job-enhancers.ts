import { ForbiddenException, type Type } from '@nestjs/common';
import type { ContextId, ExternalContextCreator } from '@nestjs/core';
import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';
import { QueueJobError } from '../../errors/queue-job.error.js';
import { settledResult } from '../method-result.js';
import type { ProviderBinding } from '../provider-binding.js';
import { type Enhanced, NestEnhancers } from './nest-enhancers.js';

const KINDS = {
  guard: '__guards__',
  interceptor: '__interceptors__',
  pipe: '__pipes__',
  filter: '__exceptionFilters__',
} as const;

/**
 * Applies the guards, interceptors, pipes and filters of a job's class and method to it, as Nest does to routes: the
 * module option `enhancers`. The execution context has the type `queue-job`, and the arguments of the job.
 */
export class JobEnhancers {
  private readonly nest: NestEnhancers;

  constructor(creator: ExternalContextCreator, { global = false }: { readonly global?: boolean }) {
    this.nest = new NestEnhancers(creator, global);
  }

  /** @throws InvalidModuleOptionError for an enhancer that Nest doesn't provide here, which would be left out in silence */
  check({ wrapper, type, tokenName }: ProviderBinding, methodName: string): void {
    if (this.nest.hasScopedGlobal) {
      throw new InvalidModuleOptionError(
        'enhancers: { global: true } has no way to make global guards, interceptors, pipes and filters for each job, and the application has one that is request-scoped. Give it the default scope, or set enhancers: true and name those that jobs need at their classes.',
      );
    }
    if (type === undefined) return;
    const method = (type.prototype as Record<string, object | undefined>)[methodName];
    for (const [kind, key] of Object.entries(KINDS)) {
      for (const owner of [type, method]) {
        const given = (owner === undefined ? undefined : Reflect.getMetadata(key, owner)) as
          unknown[] | undefined;
        const missing = given?.find(
          (one) => typeof one === 'function' && wrapper.host?.injectables.has(one as Type) !== true,
        );
        if (missing === undefined) continue;
        throw new InvalidModuleOptionError(
          `enhancers: the ${kind} ${(missing as Type).name} of ${tokenName}.${methodName} is not made by Nest, since ${tokenName} is not provided as a class. Provide the class itself, or give the ${kind} as an instance.`,
        );
      }
    }
  }

  /** Runs the method, with everything that stands before and after it. */
  async call(
    { wrapper, tokenName }: ProviderBinding,
    instance: object,
    methodName: string,
    args: readonly unknown[],
    contextId: ContextId | undefined,
  ): Promise<unknown> {
    const method = (instance as Record<string, Enhanced['method']>)[methodName] as Enhanced['method'];
    const where = `${tokenName}.${methodName}`;
    const call: Enhanced = {
      instance,
      method,
      args,
      moduleKey: wrapper.host?.token ?? '',
      contextId,
      inquirerId: wrapper.id,
    };
    try {
      if (!(await this.nest.mayRun(call))) throw new ForbiddenException(`A guard refused ${where}`);
      const result = await this.nest.intercept(call, async () => {
        const types = Reflect.getMetadata('design:paramtypes', instance, methodName) as unknown[] | undefined;
        const piped = await this.nest.transform(call, types ?? []);
        return settledResult(Reflect.apply(method, instance, piped), where);
      });
      return await settledResult(result, where);
    } catch (error) {
      return this.filtered(call, error, where);
    }
  }

  /** A filter may throw another error, or return what the job's result is to be. If it returns nothing, the error stays. */
  private async filtered(call: Enhanced, error: unknown, where: string): Promise<unknown> {
    // Those of this library say what is to become of the job.
    if (error instanceof QueueJobError) throw error;
    const result = await settledResult(this.nest.filter(call, error), where);
    if (result === undefined || result === null) throw error;
    return result;
  }
}
