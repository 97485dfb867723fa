import type { OnModuleInit } from '@nestjs/common';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import type { FailureHandler } from '../job/failed-job.js';
import { DEFAULT_MAX_RETRIES } from '../job/job-options.js';
import type { JobFunction } from './job-function.js';
import type { JobRegistry } from './job-registry.js';
import { unknownDefaultHandler, unknownHandler } from './registry.messages.js';

/** What the module's `defaults` say. */
export interface FailureDefaults {
  readonly onFailed: string | undefined;
  readonly maxRetries: number | undefined;
  readonly tags: readonly string[] | undefined;
}

/** Which job function is told of the failures of which: by `@Job({ onFailed })`, else by the module's `defaults`. */
export class FailureHandlers implements OnModuleInit {
  constructor(
    private readonly registry: JobRegistry,
    private readonly defaults: FailureDefaults,
  ) {}

  /** @throws InvalidJobOptionError, InvalidModuleOptionError if a handler is not a job function of this application */
  onModuleInit(): void {
    const { onFailed } = this.defaults;
    if (onFailed !== undefined && this.registry.find(onFailed) === undefined)
      throw new InvalidModuleOptionError(unknownDefaultHandler(onFailed, this.registry.names()));
    for (const fn of this.registry.all()) this.of(fn);
  }

  /** @throws InvalidJobOptionError if the handler is not a job function of this application */
  of(fn: JobFunction): JobFunction | undefined {
    const { onFailed } = fn.options;
    if (onFailed === undefined) {
      const byDefault = this.defaults.onFailed;
      return byDefault === undefined ? undefined : this.registry.find(byDefault);
    }
    const handler = this.registry.siblingOf(fn, onFailed) ?? this.registry.find(onFailed);
    if (handler !== undefined) return handler;
    throw new InvalidJobOptionError(unknownHandler(fn.name, onFailed, this.registry.names()));
  }

  /** The handlers of all job functions that have one, by the name of the function: what a node registers. */
  all(): ReadonlyMap<string, FailureHandler> {
    const handlers = new Map<string, FailureHandler>();
    for (const fn of this.registry.all()) {
      const handler = this.of(fn);
      if (handler !== undefined) handlers.set(fn.name, this.describe(handler));
    }
    return handlers;
  }

  private describe({ name, options }: JobFunction): FailureHandler {
    return {
      name,
      maxRetries: options.maxRetries ?? this.defaults.maxRetries ?? DEFAULT_MAX_RETRIES,
      // PostgreSQL can't call a function for it.
      tags: options.tags ?? this.defaults.tags ?? null,
      description: typeof options.description === 'string' ? options.description : name,
    };
  }
}
