import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DuplicateJobNameError } from '../errors/duplicate-job-name.error.js';
import { NotAJobError } from '../errors/not-a-job.error.js';
import { QueueJobError } from '../errors/queue-job.error.js';
import { UnknownJobError } from '../errors/unknown-job.error.js';
import { JobExplorer } from './job-explorer.js';
import type { JobFunction } from './job-function.js';
import { duplicateName, notAProvider, nothingToDelay, unknownJob } from './registry.messages.js';

/** The jobs of this application, by name and by class. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private byName: ReadonlyMap<string, JobFunction> = new Map();
  private byClass: ReadonlyMap<Type, ReadonlyMap<string, JobFunction>> = new Map();
  private complete = false;

  constructor(private readonly explorer: JobExplorer) {}

  /** All providers exist by now. Throws where two have a job of the same name. */
  onModuleInit(): void {
    this.explore();
    this.complete = true;
  }

  /** The names of all jobs that this application can run. */
  names(): string[] {
    return [...this.byName.keys()];
  }

  all(): JobFunction[] {
    return [...this.byName.values()];
  }

  find(name: string): JobFunction | undefined {
    if (!this.byName.has(name)) this.exploreEarly();
    return this.byName.get(name);
  }

  /** @throws UnknownJobError that lists the jobs there are */
  get(name: string): JobFunction {
    const found = this.find(name);
    if (found === undefined) throw new UnknownJobError(unknownJob(name, this.names()));
    return found;
  }

  /**
   * The job that a method of a provider, an instance or its class, is.
   *
   * @throws NotAJobError that lists the jobs of the provider
   */
  functionOf(provider: object, methodName: string): JobFunction {
    const type = typeOf(provider);
    let functions = this.byClass.get(type);
    if (functions === undefined) {
      this.exploreEarly();
      functions = this.byClass.get(type);
    }
    const found = functions?.get(methodName);
    if (found !== undefined) return found;
    if (functions === undefined && hasMethod(type, methodName) && this.isJob(type, methodName)) {
      throw new QueueJobError('NOT_A_PROVIDER', notAProvider(type.name));
    }
    throw new NotAJobError(type.name, methodName, [...(functions?.keys() ?? [])]);
  }

  private isJob(type: Type, methodName: string): boolean {
    return this.explorer.isJob((type.prototype as Record<string, object>)[methodName] as object);
  }

  /** A provider may delay a call in its own `onModuleInit`, before ours. */
  private exploreEarly(): void {
    if (!this.complete) this.explore();
  }

  private explore(): void {
    const byName = new Map<string, JobFunction>();
    const byClass = new Map<Type, Map<string, JobFunction>>();
    const owners = new Map<string, { type: Type; where: string }>();
    for (const { type, moduleName, functions } of this.explorer.explore()) {
      // The same class in two modules is two instances of one job: any of them will do.
      if (byClass.has(type)) continue;
      byClass.set(type, new Map(functions.map((one) => [one.methodName, one])));
      for (const one of functions) {
        const where = `${type.name}.${one.methodName} (in ${moduleName})`;
        const owner = owners.get(one.name);
        if (owner !== undefined) throw new DuplicateJobNameError(duplicateName(one.name, owner.where, where));
        owners.set(one.name, { type, where });
        byName.set(one.name, one);
      }
    }
    this.byName = byName;
    this.byClass = byClass;
  }
}

function typeOf(provider: unknown): Type {
  if (typeof provider === 'function') return provider as Type;
  const isObject = typeof provider === 'object' && provider !== null;
  const prototype = isObject ? (Object.getPrototypeOf(provider) as { constructor?: unknown } | null) : null;
  if (typeof prototype?.constructor === 'function') return prototype.constructor as Type;
  throw new QueueJobError('NOT_A_PROVIDER', nothingToDelay(provider));
}

const hasMethod = (type: Type, methodName: string): boolean =>
  typeof (type.prototype as Record<string, unknown> | undefined)?.[methodName] === 'function';
