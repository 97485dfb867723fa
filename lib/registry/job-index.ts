import type { InjectionToken, Type } from '@nestjs/common';
import { DuplicateJobNameError } from '../errors/duplicate-job-name.error.js';
import { areInterchangeable } from './interchangeable.js';
import type { FoundProvider } from './job-explorer.js';
import type { JobFunction } from './job-function.js';
import { singleInstance } from './provider-binding.js';
import { differentInstances, duplicateName, sharedName } from './registry.messages.js';

/** The jobs of one provider, by method. */
export type JobsOfProvider = ReadonlyMap<string, JobFunction>;

/** The jobs of an application by name, token, instance and class. */
export class JobIndex {
  readonly byName = new Map<string, JobFunction>();
  readonly byToken = new Map<InjectionToken, JobsOfProvider>();
  readonly byInstance = new Map<object, JobsOfProvider>();
  /** The providers whose instances are of a class; more than one where it is bound to several tokens. */
  readonly byClass = new Map<Type, JobsOfProvider[]>();
  private readonly owners = new Map<string, FoundProvider>();
  private readonly first = new Map<InjectionToken, FoundProvider>();

  /** @throws DuplicateJobNameError where it is open which of two providers runs a job */
  constructor(found: readonly FoundProvider[]) {
    const [aliases, providers] = [true, false].map((alias) =>
      found.filter(({ binding }) => binding.wrapper.isAlias === alias),
    ) as [FoundProvider[], FoundProvider[]];
    for (const provider of providers) this.add(provider);
    for (const alias of aliases) this.addAlias(alias);
  }

  private add(provider: FoundProvider): void {
    const { binding, functions } = provider;
    const { token, type } = binding;
    const before = this.first.get(token);
    if (before === undefined) {
      const jobs = new Map(functions.map((fn) => [fn.methodName, fn]));
      for (const fn of functions) this.name(fn, provider);
      this.first.set(token, provider);
      this.byToken.set(token, jobs);
      if (type !== undefined) this.byClass.set(type, [...(this.byClass.get(type) ?? []), jobs]);
    } else if (!areInterchangeable(before.binding.wrapper, binding.wrapper)) {
      const modules = [before, provider].map((one) => one.binding.moduleName);
      const methods = functions.map(({ methodName }) => methodName);
      throw new DuplicateJobNameError(differentInstances(binding.tokenName, modules, methods));
    }
    this.addInstance(provider, this.byToken.get(token) as JobsOfProvider);
  }

  /** `useExisting`: another token of a provider, and its jobs are named by either. */
  private addAlias(alias: FoundProvider): void {
    const { binding, functions } = alias;
    const { token, wrapper } = binding;
    const target = this.first.get(wrapper.inject?.[0] as InjectionToken);
    const jobs = new Map<string, JobFunction>();
    for (const fn of functions) {
      const same = this.byName.get(fn.name);
      // A job with a name of its own is the same by whatever token.
      const isTargets = same !== undefined && target?.functions.includes(same) === true;
      if (!isTargets) this.name(fn, alias);
      jobs.set(fn.methodName, isTargets ? same : fn);
    }
    if (!this.byToken.has(token)) this.byToken.set(token, jobs);
    this.first.set(token, this.first.get(token) ?? alias);
    this.addInstance(alias, jobs);
  }

  private addInstance({ binding }: FoundProvider, jobs: JobsOfProvider): void {
    const instance = singleInstance(binding);
    if (instance !== undefined && !this.byInstance.has(instance)) this.byInstance.set(instance, jobs);
  }

  private name(fn: JobFunction, provider: FoundProvider): void {
    const owner = this.owners.get(fn.name);
    if (owner !== undefined) {
      const first = owner.functions.find(({ name }) => name === fn.name) as JobFunction;
      const [one, other] = [whereIs(owner, first), whereIs(provider, fn)];
      const isOneClass = owner.binding.type !== undefined && owner.binding.type === provider.binding.type;
      const message = isOneClass && first.methodName === fn.methodName ? sharedName : duplicateName;
      throw new DuplicateJobNameError(message(fn.name, one, other));
    }
    this.owners.set(fn.name, provider);
    this.byName.set(fn.name, fn);
  }
}

const whereIs = ({ binding }: FoundProvider, fn: JobFunction): string =>
  `${binding.tokenName}.${fn.methodName} (in ${binding.moduleName})`;
