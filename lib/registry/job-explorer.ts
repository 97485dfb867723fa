import { Injectable, Logger, type Type } from '@nestjs/common';
import { ContextIdFactory, DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { normalizeChannelName } from '../channel/channel-name.js';
import { ChannelConfigError } from '../errors/channel-config.error.js';
import { RelatedActionError } from '../errors/related-action.error.js';
import type { ValidJobFunctionOptions } from '../job/job-function-options.js';
import type { Invoke, JobFunction } from './job-function.js';
import { overrideWithoutJob } from './registry.messages.js';
import { JOB_METADATA, RELATED_ACTION_METADATA } from './registry.tokens.js';
import type { RelatedActionOptions } from './related-action.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A provider with jobs, as found. */
export interface FoundProvider {
  readonly type: Type;
  readonly moduleName: string;
  readonly functions: readonly JobFunction[];
}

/**
 * Finds the methods with `@Job()` among the providers of the application. Prototypes are read, never instances: a getter
 * of an instance would run.
 */
@Injectable()
export class JobExplorer {
  private readonly logger = new Logger('QueueJob');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly moduleRef: ModuleRef,
  ) {}

  explore(): FoundProvider[] {
    return this.discovery.getProviders().flatMap((wrapper) => {
      const type = classOf(wrapper);
      if (type === undefined || wrapper.isAlias) return [];
      const functions = this.functionsOf(type, wrapper);
      return functions.length === 0 ? [] : [{ type, moduleName: wrapper.host?.name ?? '?', functions }];
    });
  }

  /** Whether a method has `@Job()`, even of a class that is no provider. */
  isJob(method: object): boolean {
    return Reflect.hasMetadata(JOB_METADATA, method);
  }

  private functionsOf(type: Type, wrapper: Wrapper): JobFunction[] {
    const prototype = type.prototype as Record<string, unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const method = prototype[methodName] as object;
      const options = Reflect.getMetadata(JOB_METADATA, method) as ValidJobFunctionOptions | undefined;
      if (options === undefined) {
        if (overrides(prototype, methodName)) this.logger.warn(overrideWithoutJob(type.name, methodName));
        return [];
      }
      const relatedAction = Reflect.getMetadata(RELATED_ACTION_METADATA, method) as
        RelatedActionOptions | undefined;
      checkAction(type, methodName, relatedAction);
      const name = options.name ?? `${type.name}.${methodName}`;
      const channel = readChannel(options.defaultChannel ?? 'root', `${type.name}.${methodName}`);
      return [
        {
          name,
          providerName: type.name,
          methodName,
          options,
          relatedAction,
          channel,
          invoke: this.invoker(wrapper),
        },
      ];
    });
  }

  private invoker(wrapper: Wrapper): Invoke {
    const call = (instance: unknown, methodName: string, args: readonly unknown[]): unknown =>
      Reflect.apply(
        (instance as Record<string, (...given: unknown[]) => unknown>)[methodName] as never,
        instance,
        args,
      );
    if (wrapper.isDependencyTreeStatic())
      return (methodName, args) => call(wrapper.instance, methodName, args);
    return async (methodName, args, request) => {
      const context = ContextIdFactory.create();
      this.moduleRef.registerRequestByContextId(request(), context);
      return call(
        await this.moduleRef.resolve(wrapper.token as Type, context, { strict: false }),
        methodName,
        args,
      );
    };
  }
}

function readChannel(name: string, where: string): string {
  try {
    return normalizeChannelName(name);
  } catch (error) {
    throw new ChannelConfigError(`${where}: defaultChannel: ${(error as Error).message}`, { cause: error });
  }
}

function classOf(wrapper: Wrapper): Type | undefined {
  const { metatype } = wrapper;
  // A factory's metatype is the factory; what it made tells the class.
  if (wrapper.inject === undefined && typeof metatype === 'function' && hasPrototype(metatype))
    return metatype as Type;
  const instance = wrapper.instance as object | undefined;
  if (instance === null || typeof instance !== 'object') return undefined;
  const type = (Object.getPrototypeOf(instance) as { constructor?: unknown } | null)?.constructor;
  return typeof type === 'function' && type !== Object ? (type as Type) : undefined;
}

const hasPrototype = (value: object): boolean =>
  typeof (value as { prototype?: unknown }).prototype === 'object';

/** A class above has this method as a job, and this one has overridden it without saying so. */
function overrides(prototype: object, methodName: string): boolean {
  if (!Object.hasOwn(prototype, methodName)) return false;
  const above = (Object.getPrototypeOf(prototype) as Record<string, unknown> | null)?.[methodName];
  return typeof above === 'function' && Reflect.hasMetadata(JOB_METADATA, above);
}

function checkAction(type: Type, methodName: string, options: RelatedActionOptions | undefined): void {
  const action = options?.action;
  if (action === undefined || typeof action === 'function') return;
  // What every object has, such as its constructor, is nobody's action.
  const isOwn = !(action in Object.prototype);
  if (isOwn && typeof (type.prototype as Record<string, unknown>)[action] === 'function') return;
  throw new RelatedActionError(
    `@RelatedAction on ${type.name}.${methodName} names the method '${action}', but ${type.name} has none. Give the name of a method of ${type.name}, or a function.`,
  );
}
