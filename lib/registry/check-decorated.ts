import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { isGeneratorFunction } from './method-result.js';

/**
 * Checks that a decorator of jobs stands on a method that can be one.
 *
 * @returns the method's name, and the words for errors: `ExportService.exportOne`
 * @throws InvalidJobOptionError on a static method, a method whose name is a symbol, or a generator
 */
export function checkDecorated(
  decorator: string,
  target: object,
  key: string | symbol,
  descriptor: PropertyDescriptor | undefined,
): { name: string; where: string } {
  const isStatic = typeof target === 'function';
  const where = `${isStatic ? target.name : target.constructor.name}.${String(key)}`;
  const refuse = (problem: string): InvalidJobOptionError =>
    new InvalidJobOptionError(`${where}: ${decorator} ${problem}`);
  if (isStatic) throw refuse('stands on a static method. Jobs run on an instance: make it a method of that.');
  if (typeof key === 'symbol')
    throw refuse('stands on a method without a name. Jobs are stored by name: give it one.');
  if (typeof descriptor?.value !== 'function' && descriptor?.get === undefined) {
    throw refuse('stands on what is no method. Only methods can be delayed.');
  }
  if (isGeneratorFunction(descriptor.value)) {
    throw refuse(
      'stands on a generator, of which only the caller runs the steps. Make it an async method that runs them itself.',
    );
  }
  return { name: key, where };
}
