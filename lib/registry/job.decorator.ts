import { validateJobFunctionOptions, type JobFunctionOptions } from '../job/job-function-options.js';
import { declare } from './job-metadata.js';
import { checkDecorated } from './check-decorated.js';
import { JOB_METADATA } from './registry.tokens.js';

/**
 * Marks a method of a provider as a job (the seed's `@job`): its calls can be delayed with `QueueService.withDelay()`.
 * Called directly it stays an ordinary method.
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
export function Job(options: JobFunctionOptions = {}): MethodDecorator {
  return (target, key, descriptor) => {
    const { name, where } = checkDecorated('@Job()', target, key, descriptor);
    declare(JOB_METADATA, validateJobFunctionOptions(options, where), target, name, descriptor.value);
  };
}
