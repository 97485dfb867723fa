import { DuplicateJobNameError } from '../errors/duplicate-job-name.error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import type { FoundProvider } from './job-explorer.js';
import type { JobFunction } from './job-function.js';
import type { JobIndex } from './job-index.js';
import { minifiedTwins, nameless } from './registry.messages.js';

/** Minifiers give names of one character, then of two: `a`, `Xe`, `$t`. */
const MINIFIED = /^[\w$]{1,2}$/;

/**
 * Checks that the names of jobs stand for their methods, as far as one build can tell.
 *
 * @throws InvalidJobOptionError where a job has no name
 * @throws DuplicateJobNameError where two classes share a name that a minifier has made
 */
export function checkProviderNames(found: readonly FoundProvider[]): void {
  const minified = new Map<string, FoundProvider>();
  for (const provider of found) {
    const { moduleName, tokenName, tokenClass } = provider.binding;
    const named = provider.functions.filter(isNamedByProvider);
    if (named.length === 0) continue;
    if (tokenName === '') {
      throw new InvalidJobOptionError(
        nameless(
          named.map(({ methodName }) => methodName),
          moduleName,
        ),
      );
    }
    if (tokenClass === undefined || !MINIFIED.test(tokenName)) continue;
    const twin = minified.get(tokenName);
    if (twin !== undefined && twin.binding.tokenClass !== tokenClass) {
      throw new DuplicateJobNameError(minifiedTwins(tokenName, [twin.binding.moduleName, moduleName]));
    }
    minified.set(tokenName, provider);
  }
}

/** The names of the jobs whose class seems to be minified. */
export function minifiedJobs({ byName }: JobIndex): string[] {
  return [...byName.values()].filter(isMinified).map(({ name }) => name);
}

const isMinified = (fn: JobFunction): boolean =>
  isNamedByProvider(fn) && typeof fn.token === 'function' && MINIFIED.test(fn.providerName);

const isNamedByProvider = ({ options }: JobFunction): boolean => options.name === undefined;
