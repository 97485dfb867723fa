import { type ActorOptions, checkActor } from '../common/call-checks.js';
import type { Store } from '../store/store.js';

/** An action as the audit trail names it. */
export interface AuditedAction {
  /** Such as `jobs.requeue`. */
  readonly action: string;
  /** A uuid, a key, or the name of a channel, a function, a schedule or a node. */
  readonly target: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Does `work`. If the options name who does it, the audit trail records it, and how it ended. */
export async function audited<T>(
  { audit }: Pick<Store, 'audit'>,
  { action, target, details = {} }: AuditedAction,
  options: ActorOptions,
  work: (by: string) => Promise<T>,
): Promise<T> {
  const actor = checkActor(options);
  if (options.by === undefined) return work(actor);
  return audit.around({ actor, action, target, details }, async () => work(actor));
}
