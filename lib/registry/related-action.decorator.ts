import { SetMetadata } from '@nestjs/common';
import type { RelatedActionOptions } from './related-action.js';
import { RELATED_ACTION_METADATA } from './registry.tokens.js';

/**
 * Attaches an action to the jobs of a method (the seed's `@related_action`): mostly, to open what the job is about. Without
 * options, the method has none, not even that of the module option `entityUrl`.
 *
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
  return SetMetadata(RELATED_ACTION_METADATA, Object.freeze({ ...options }));
}
