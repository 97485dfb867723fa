import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { normalizeChannelName } from '../channel/channel-name.js';
import { ChannelConfigError } from '../errors/channel-config.error.js';
import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import { RelatedActionError } from '../errors/related-action.error.js';
import type { JobFunction } from './job-function.js';
import { JobEnhancers } from './enhancers/job-enhancers.js';
import { type CallMethod, invokerOf, plainly } from './job-invoker.js';
import { type DeclaredJob, type DeclaredJobs, declaredJobs } from './job-metadata.js';
import { bindingOf, isClass, type ProviderBinding, singleInstance } from './provider-binding.js';
import { overrideWithoutJob, severalQueues } from './registry.messages.js';

/** A provider with jobs, as found. */
export interface FoundProvider {
  readonly binding: ProviderBinding;
  readonly functions: readonly JobFunction[];
}

/**
 * Finds the methods with `@Job()` among the providers of the application: those of the class that is bound to a token,
 * and those of the class that is the token, which a fake in a test or another implementation stands for.
 */
@Injectable()
export class JobExplorer {
  private readonly logger = new Logger('QueueJob');

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(JobEnhancers) private readonly enhancers: JobEnhancers | undefined,
  ) {}

  explore(): FoundProvider[] {
    return this.discovery.getProviders().flatMap((wrapper) => {
      const binding = bindingOf(wrapper);
      const owners = ownersOf(binding);
      return owners.some(({ jobs, overridden }) => jobs.size > 0 || overridden.length > 0)
        ? [{ binding, functions: this.functionsOf(binding, owners) }]
        : [];
    });
  }

  /**
   * Checks that an injected service is of one queue, whichever module has it injected.
   *
   * @param token - a provider that each queue has one of
   * @throws InvalidModuleOptionError where several queues are global
   */
  checkOneQueue(token: Type): void {
    const queues = this.discovery.getProviders().filter((wrapper) => wrapper.token === token);
    if (queues.filter(({ host }) => host?.isGlobal === true).length > 1) {
      throw new InvalidModuleOptionError(severalQueues);
    }
  }

  /** Whether a method has `@Job()`, even of a class that is no provider. */
  isJob(type: Type, methodName: string): boolean {
    return isClass(type) && declaredJobs(type).jobs.has(methodName);
  }

  private functionsOf(binding: ProviderBinding, owners: readonly Owner[]): JobFunction[] {
    const found = new Map<string, JobFunction>();
    for (const { type, jobs } of owners) {
      for (const declared of jobs.values()) {
        if (found.has(declared.methodName) || !hasMethod(binding, declared.methodName)) continue;
        checkAction(type, declared);
        found.set(
          declared.methodName,
          functionOf(binding, declared, this.aroundJob(binding, declared.methodName)),
        );
      }
    }
    // A method of another implementation of the token needs no decorator of its own.
    const { type, overridden } = owners.at(-1) as Owner;
    for (const methodName of overridden) {
      if (!found.has(methodName)) this.logger.warn(overrideWithoutJob(type.name, methodName));
    }
    return [...found.values()];
  }

  /** A related action is an ordinary call of another method of the provider. */
  private aroundJob(binding: ProviderBinding, jobMethod: string): CallMethod {
    const { enhancers } = this;
    const plain = plainly(binding);
    if (enhancers === undefined) return plain;
    enhancers.check(binding, jobMethod);
    return (instance, methodName, args, contextId) =>
      methodName === jobMethod
        ? enhancers.call(binding, instance, methodName, args, contextId)
        : plain(instance, methodName, args, contextId);
  }
}

/** The classes that may declare jobs of a provider: that of its instance first, then that of its token. */
interface Owner extends DeclaredJobs {
  readonly type: Type;
}

const ownersOf = ({ type, tokenClass }: ProviderBinding): Owner[] =>
  [...new Set([type, tokenClass])].flatMap((owner) =>
    owner === undefined ? [] : [{ type: owner, ...declaredJobs(owner) }],
  );

function functionOf(
  binding: ProviderBinding,
  { methodName, options, relatedAction }: DeclaredJob,
  around: CallMethod,
): JobFunction {
  const { token, tokenName } = binding;
  const where = `${tokenName}.${methodName}`;
  return {
    name: options.name ?? where,
    token,
    providerName: tokenName,
    methodName,
    options,
    relatedAction,
    channel: readChannel(typeof options.defaultChannel === 'string' ? options.defaultChannel : 'root', where),
    invoke: invokerOf(binding, around),
  };
}

/** Whether what is bound to the token has the method; a fake may leave out what its test doesn't need. */
function hasMethod(binding: ProviderBinding, methodName: string): boolean {
  const { type, tokenClass } = binding;
  const single = singleInstance(binding);
  // Of a class the prototype tells, and no getter runs.
  if (type !== undefined && methodName in (type.prototype as object)) return true;
  if (single === undefined) return type === undefined && tokenClass !== undefined;
  return typeof (single as Record<string, unknown>)[methodName] === 'function';
}

function readChannel(name: string, where: string): string {
  try {
    return normalizeChannelName(name);
  } catch (error) {
    throw new ChannelConfigError(`${where}: defaultChannel: ${(error as Error).message}`, { cause: error });
  }
}

function checkAction(type: Type, { methodName, relatedAction }: DeclaredJob): void {
  const action = relatedAction?.action;
  if (action === undefined || typeof action === 'function') return;
  // What every object has, such as its constructor, is nobody's action.
  const isOwn = !(action in Object.prototype);
  if (isOwn && typeof (type.prototype as Record<string, unknown>)[action] === 'function') return;
  throw new RelatedActionError(
    `@RelatedAction on ${type.name}.${methodName} names the method '${action}', but ${type.name} has none. Give the name of a method of ${type.name}, or a function.`,
  );
}
