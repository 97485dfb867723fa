import { checkFlag, checkKnown } from './module-option-checks.js';

/** Which enhancers are applied to jobs: none, those of the class and the method, or those of the application as well. */
export type EnhancerOption = boolean | { readonly global?: boolean };

/**
 * @throws InvalidModuleOptionError
 * @internal
 */
export function checkEnhancers(option: unknown): void {
  if (typeof option !== 'object' || option === null) {
    checkFlag('enhancers', option);
    return;
  }
  checkKnown('enhancers', option, ['global']);
  checkFlag('enhancers.global', (option as { global?: unknown }).global);
}
