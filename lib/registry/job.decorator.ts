import type { IdentityJob, IdentityKey } from '../job/identity-key.js';
import { validateJobFunctionOptions, type JobFunctionOptions } from '../job/job-function-options.js';
import { declare } from './job-metadata.js';
import { checkDecorated } from './check-decorated.js';
import { JOB_METADATA } from './registry.tokens.js';

type OtherOptions = Omit<JobFunctionOptions, 'description' | 'identityKey' | 'defaultChannel'>;

/** Options whose description is made of the arguments of the call: `A`. */
export type DescribedJobOptions<A extends readonly unknown[]> = OtherOptions & {
  readonly description: (...args: A) => string;
  readonly identityKey?: IdentityKey<A> | undefined;
  readonly defaultChannel?: string | ((...args: A) => string) | undefined;
};

/** Options whose identity key is made of the arguments of the call: `A`. */
export type KeyedJobOptions<A extends readonly unknown[]> = OtherOptions & {
  readonly description?: string | undefined;
  readonly identityKey: (job: IdentityJob<A>) => string;
  readonly defaultChannel?: string | ((...args: A) => string) | undefined;
};

/** Options whose channel is made of the arguments of the call: `A`. */
export type ChannelledJobOptions<A extends readonly unknown[]> = OtherOptions & {
  readonly description?: string | undefined;
  readonly identityKey?: string | undefined;
  readonly defaultChannel: (...args: A) => string;
};

/** A decorator of methods whose arguments the functions among the options can take. */
export type ArgumentsDecorator<A extends readonly unknown[]> = <M extends (...args: never[]) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & TakesArgumentsOf<A, M>,
) => void;

/** Nothing more where `(...args: A)` can be called as the method is; else what no method has. */
type TakesArgumentsOf<A extends readonly unknown[], M extends (...args: never[]) => unknown> = ((
  ...args: A
) => void) extends (...args: Parameters<M>) => void
  ? unknown
  : { readonly 'the functions of @Job() take the arguments of the method': never };

/**
 * Marks a method of a provider as a job (Odoo's `@job`): its calls can be delayed with `QueueService.withDelay()`.
 * Called directly it stays an ordinary method.
 *
 * Functions among the options are checked against the arguments of the method by the types; inside `applyDecorators()`,
 * which checks nothing, such a decorator stands `as MethodDecorator`.
 *
 * @throws InvalidJobOptionError when the class is loaded, naming the method, the property, the value and what is allowed
 * @example
 * ```ts
 * @Injectable()
 * export class ExportService {
 *   @Job({ defaultChannel: 'root.partner', retryPattern: { 1: 10, 5: 60 } })
 *   async exportOne(product: Product): Promise<void> { … }
 * }
 * ```
 */
export function Job<A extends readonly unknown[]>(options: DescribedJobOptions<A>): ArgumentsDecorator<A>;
export function Job<A extends readonly unknown[]>(options: KeyedJobOptions<A>): ArgumentsDecorator<A>;
export function Job<A extends readonly unknown[]>(options: ChannelledJobOptions<A>): ArgumentsDecorator<A>;
export function Job(options?: JobFunctionOptions): MethodDecorator;
export function Job(options: object = {}): MethodDecorator {
  return (target, key, descriptor) => {
    const { name, where } = checkDecorated('@Job()', target, key, descriptor);
    declare(JOB_METADATA, validateJobFunctionOptions(options, where), target, name, descriptor.value);
  };
}
