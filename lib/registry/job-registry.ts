import { Injectable, Logger, type OnModuleInit, type Type } from '@nestjs/common';
import { AmbiguousProviderError } from '../errors/ambiguous-provider.error.js';
import { NotAJobError } from '../errors/not-a-job.error.js';
import { NotAProviderError } from '../errors/not-a-provider.error.js';
import { UnknownJobError } from '../errors/unknown-job.error.js';
import { checkProviderNames, minifiedJobs } from './check-provider-names.js';
import { JobExplorer } from './job-explorer.js';
import type { JobFunction } from './job-function.js';
import { JobIndex, type JobsOfProvider } from './job-index.js';
import { classNameOf } from './job-metadata.js';
import { classOfInstance, isClass } from './provider-binding.js';
import {
  ambiguous,
  minifiedNames,
  missingMethod,
  notAJob,
  notAProvider,
  nothingToDelay,
  unknownJob,
} from './registry.messages.js';

/** The jobs of this application, by name and by provider. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private readonly logger = new Logger('QueueJob');
  private index = new JobIndex([]);
  private complete = false;

  constructor(private readonly explorer: JobExplorer) {}

  /** All providers exist by now. Throws where two have a job of the same name. */
  onModuleInit(): void {
    this.explorer.checkOneQueue(JobRegistry);
    const minified = minifiedJobs(this.explore());
    if (minified.length > 0) this.logger.warn(minifiedNames(minified));
    this.complete = true;
  }

  /** The names of all jobs that this application can run. */
  names(): string[] {
    return [...this.index.byName.keys()];
  }

  all(): JobFunction[] {
    return [...this.index.byName.values()];
  }

  find(name: string): JobFunction | undefined {
    if (!this.index.byName.has(name)) this.exploreEarly();
    return this.index.byName.get(name);
  }

  /** @throws UnknownJobError that lists the jobs there are */
  get(name: string): JobFunction {
    const found = this.find(name);
    if (found === undefined) throw new UnknownJobError(unknownJob(name, this.names()));
    return found;
  }

  /** Another job of the same provider. */
  siblingOf({ token }: JobFunction, methodName: string): JobFunction | undefined {
    return this.index.byToken.get(token)?.get(methodName);
  }

  /**
   * The job that a method of a provider is: of an injected instance, or of a class that is its token or its own.
   *
   * @throws NotAJobError that lists the jobs of the provider; NotAProviderError, AmbiguousProviderError
   */
  functionOf(provider: object, methodName: string): JobFunction {
    let jobs = this.jobsOf(provider);
    if (jobs === undefined) {
      this.exploreEarly();
      jobs = this.jobsOf(provider);
    }
    const found = jobs?.get(methodName);
    if (found !== undefined) return found;
    const type = typeOf(provider);
    const name = classNameOf(type);
    if (!this.explorer.isJob(type, methodName)) {
      throw new NotAJobError(notAJob(name, methodName, [...(jobs?.keys() ?? [])]));
    }
    if (jobs === undefined) throw new NotAProviderError(notAProvider(name));
    throw new NotAJobError(missingMethod(name, methodName));
  }

  private jobsOf(provider: unknown): JobsOfProvider | undefined {
    const { byClass, byInstance, byToken } = this.index;
    const byIdentity = isClass(provider) ? byToken.get(provider) : byInstance.get(provider as object);
    if (byIdentity !== undefined) return byIdentity;
    // Not injected as it is: `this` behind a proxy, a transient instance, one made by hand.
    const type = typeOf(provider);
    const [jobs, ...others] = byClass.get(type) ?? [];
    if (others.length === 0) return jobs ?? byToken.get(type);
    const tokens = [jobs, ...others].map((one) => [...(one?.values() ?? [])][0]?.providerName ?? '');
    throw new AmbiguousProviderError(ambiguous(classNameOf(type), tokens));
  }

  /** A provider may delay a call in its own `onModuleInit`, before ours. */
  private exploreEarly(): void {
    if (!this.complete) this.explore();
  }

  private explore(): JobIndex {
    const found = this.explorer.explore();
    checkProviderNames(found);
    return (this.index = new JobIndex(found));
  }
}

function typeOf(provider: unknown): Type {
  if (typeof provider === 'function') return provider as Type;
  const type = typeof provider === 'object' && provider !== null ? classOfInstance(provider) : undefined;
  if (type !== undefined) return type;
  throw new NotAProviderError(nothingToDelay(provider));
}
