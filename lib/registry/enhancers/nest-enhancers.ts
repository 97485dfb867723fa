import type {
  CanActivate,
  ContextType,
  ExecutionContext,
  NestInterceptor,
  PipeTransform,
} from '@nestjs/common';
import type { ApplicationConfig, ContextId, ExternalContextCreator } from '@nestjs/core';

type Method = (...args: unknown[]) => unknown;

/** Finds the enhancers of one kind for a method, those of its class first. */
interface Finder<T> {
  create(
    instance: object,
    method: Method,
    moduleKey: string,
    contextId: ContextId | undefined,
    inquirerId: string,
  ): T;
}

interface FilterChain {
  invokeCustomFilters(error: unknown, host: ExecutionContext): unknown;
}

/**
 * The parts of Nest that find and run enhancers. Nest exports no other way to them than this provider, whose own way of
 * putting them together knows neither jobs nor their errors.
 */
interface Parts {
  readonly guardsContextCreator: Finder<CanActivate[]>;
  readonly guardsConsumer: {
    createContext(
      args: readonly unknown[],
      instance: object,
      method: Method,
    ): ExecutionContext & { setType(type: string): void };
    tryActivate(
      guards: CanActivate[],
      args: readonly unknown[],
      instance: object,
      method: Method,
      type: ContextType,
    ): Promise<boolean>;
  };
  readonly interceptorsContextCreator: Finder<NestInterceptor[]>;
  readonly interceptorsConsumer: {
    intercept(
      interceptors: NestInterceptor[],
      args: readonly unknown[],
      instance: object,
      method: Method,
      next: () => Promise<unknown>,
      type: ContextType,
    ): Promise<unknown>;
  };
  readonly pipesContextCreator: Finder<PipeTransform[]>;
  readonly pipesConsumer: {
    apply(
      value: unknown,
      metadata: { readonly metatype: unknown; readonly type: number; readonly data: undefined },
      pipes: PipeTransform[],
    ): Promise<unknown>;
  };
  readonly filtersContextCreator: Finder<FilterChain>;
}

/** What `ExecutionContext.getType()` returns for a job. */
export const JOB_CONTEXT_TYPE = 'queue-job' as ContextType;

/** As Nest calls an argument that is a whole body, which `ValidationPipe` looks at. */
const BODY = 3;

const SCOPED_GLOBAL = [
  'getGlobalRequestGuards',
  'getGlobalRequestInterceptors',
  'getGlobalRequestPipes',
  'getGlobalRequestFilters',
] as const;

/** Of one method of one provider. */
export interface Enhanced {
  readonly instance: object;
  readonly method: Method;
  readonly args: readonly unknown[];
  /** The key of the module that has the provider. */
  readonly moduleKey: string;
  /** Undefined for a provider of which there is one. */
  readonly contextId: ContextId | undefined;
  readonly inquirerId: string;
}

/** Guards, interceptors, pipes and filters, as Nest finds and runs them for a route. */
export class NestEnhancers {
  private readonly parts: Parts;

  /** @param withGlobal - those of the application as a whole, too */
  constructor(creator: ExternalContextCreator, withGlobal: boolean) {
    const parts = creator as unknown as Parts;
    this.parts = withGlobal
      ? parts
      : {
          guardsConsumer: parts.guardsConsumer,
          interceptorsConsumer: parts.interceptorsConsumer,
          pipesConsumer: parts.pipesConsumer,
          guardsContextCreator: withoutGlobal(parts.guardsContextCreator),
          interceptorsContextCreator: withoutGlobal(parts.interceptorsContextCreator),
          pipesContextCreator: withoutGlobal(parts.pipesContextCreator),
          filtersContextCreator: withoutGlobal(parts.filtersContextCreator),
        };
  }

  /** Whether the application has global enhancers that are made for each request: nobody makes these for a job. */
  get hasScopedGlobal(): boolean {
    const { config } = this.parts.guardsContextCreator as { config?: ApplicationConfig };
    return config !== undefined && SCOPED_GLOBAL.some((name) => config[name]().length > 0);
  }

  async mayRun(call: Enhanced): Promise<boolean> {
    const guards = this.find('guardsContextCreator', call);
    const { args, instance, method } = call;
    return this.parts.guardsConsumer.tryActivate(guards, args, instance, method, JOB_CONTEXT_TYPE);
  }

  /** Puts the arguments through the pipes, each with the type that its parameter has. */
  async transform(call: Enhanced, types: readonly unknown[]): Promise<readonly unknown[]> {
    const pipes = this.find('pipesContextCreator', call);
    if (pipes.length === 0) return call.args;
    return Promise.all(
      call.args.map((value, at) =>
        this.parts.pipesConsumer.apply(value, { metatype: types[at], type: BODY, data: undefined }, pipes),
      ),
    );
  }

  /** The result, or an Observable of it if there are interceptors. */
  async intercept(call: Enhanced, next: () => Promise<unknown>): Promise<unknown> {
    const interceptors = this.find('interceptorsContextCreator', call);
    const { args, instance, method } = call;
    return this.parts.interceptorsConsumer.intercept(
      interceptors,
      args,
      instance,
      method,
      next,
      JOB_CONTEXT_TYPE,
    );
  }

  /** What the filter for this error returns; undefined if there is none. */
  filter(call: Enhanced, error: unknown): unknown {
    const { args, instance, method } = call;
    const host = this.parts.guardsConsumer.createContext(args, instance, method);
    host.setType(JOB_CONTEXT_TYPE);
    return this.find('filtersContextCreator', call).invokeCustomFilters(error, host);
  }

  private find<K extends FinderName>(name: K, call: Enhanced): ReturnType<Parts[K]['create']> {
    const { instance, method, moduleKey, contextId, inquirerId } = call;
    return this.parts[name].create(instance, method, moduleKey, contextId, inquirerId) as never;
  }
}

type FinderName =
  'guardsContextCreator' | 'interceptorsContextCreator' | 'pipesContextCreator' | 'filtersContextCreator';

/** Nest knows global enhancers from its `config`, and takes it as empty without one. */
const withoutGlobal = <T extends object>(finder: T): T =>
  Object.create(finder, { config: { value: undefined } }) as T;
