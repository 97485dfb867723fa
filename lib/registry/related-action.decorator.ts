import { RelatedActionError } from '../errors/related-action.error.js';
import { unknownProperty } from '../common/check-properties.js';
import { formatValue } from '../common/format-value.js';
import { declare } from './job-metadata.js';
import type { RelatedActionOptions } from './related-action.js';
import { RELATED_ACTION_METADATA } from './registry.tokens.js';

/**
 * Attaches an action to the jobs of a method (Odoo's `@related_action`): mostly, to open what the job is about. Without
 * options, the method has none, not even that of the module option `entityUrl`.
 *
 * @throws RelatedActionError when the class is loaded, and at start where it names no method
 * @example
 * ```ts
 * @Job()
 * @RelatedAction({ action: 'openPartner', kwargs: { tab: 'orders' } })
 * async exportPartner(partner: Partner): Promise<void> { … }
 *
 * openPartner(job: QueueJob<unknown>, { tab }: { tab: string }) {
 *   return { label: 'Partner', url: `/partners/${(job.args[0] as Partner).id}?tab=${tab}` };
 * }
 * ```
 */
export function RelatedAction(options: RelatedActionOptions = {}): MethodDecorator {
  return (target, key, descriptor) => {
    const where = `${target.constructor.name}.${String(key)}`;
    const checked = checkRelatedAction(options, where);
    declare(RELATED_ACTION_METADATA, checked, target, String(key), descriptor.value);
  };
}

function checkRelatedAction(options: RelatedActionOptions, where: string): RelatedActionOptions {
  const refuse = (problem: string): RelatedActionError =>
    new RelatedActionError(`@RelatedAction on ${where}: ${problem}`);
  if (!isObject(options)) throw refuse(`its options must be an object, not ${formatValue(options)}.`);
  const unknown = unknownProperty(options, ['action', 'kwargs']);
  if (unknown !== undefined)
    throw refuse(
      `the property ${unknown.name} is unknown; the properties are: action, kwargs.${unknown.hint}`,
    );
  const { action, kwargs } = options;
  if (action !== undefined && typeof action !== 'string' && typeof action !== 'function')
    throw refuse(`action must be the name of a method or a function, not ${formatValue(action)}.`);
  if (kwargs !== undefined && !isObject(kwargs))
    throw refuse(`kwargs must be an object, not ${formatValue(kwargs)}.`);
  return Object.freeze({ ...options });
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
