import type { InjectionToken } from '@nestjs/common';
import { resolveChannel, type ValidJobFunctionOptions } from '../job/job-function-options.js';
import type { RelatedActionOptions } from './related-action.js';

/** Calls with the arguments given; `request` makes what request-scoped providers get as their request. */
export type Invoke = (methodName: string, args: readonly unknown[], request: () => object) => unknown;

/** A method that can be delayed. */
export interface JobFunction {
  /** `Provider.method`, or the `name` of its `@Job()`; the provider is named as its injection token is. */
  readonly name: string;
  readonly token: InjectionToken;
  /** The token as text: the name of a class, or what a string or symbol says. */
  readonly providerName: string;
  readonly methodName: string;
  readonly options: ValidJobFunctionOptions;
  readonly relatedAction: RelatedActionOptions | undefined;
  /** The full path of its channel; `root` if a function makes it of the arguments. */
  readonly channel: string;
  /** Calls a method of the provider: the job itself, or its related action. */
  readonly invoke: Invoke;
}

/** The channel of a job function where nobody has changed it: its decorator's, else the application's default. */
export const channelOf = (fn: JobFunction, byDefault: string | undefined): string =>
  fn.options.defaultChannel === undefined && byDefault !== undefined ? byDefault : fn.channel;

/** The channel of a call with these arguments, where nobody has changed it; its name is not checked if a function made it. */
export function channelFor(fn: JobFunction, args: readonly unknown[], byDefault: string | undefined): string {
  const { defaultChannel } = fn.options;
  return typeof defaultChannel === 'function'
    ? resolveChannel(defaultChannel, args, fn.name)
    : channelOf(fn, byDefault);
}
