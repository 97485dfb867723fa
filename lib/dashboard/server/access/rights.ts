import type { Right, Rights } from '../../api/cluster.api.js';
import type { DashboardAccess } from '../../dashboard.options.js';

export const RIGHTS: readonly Right[] = [
  'requeue',
  'update',
  'cancel',
  'done',
  'delete',
  'channels',
  'functions',
  'schedules',
  'nodes',
  'audit',
];

/**
 * What an answer of the option `access` allows; null: not even to look.
 *
 * @throws TypeError for an answer that isn't one: a mistake must not open anything
 */
export function rightsOf(access: DashboardAccess): Rights | null {
  if (access === 'none') return null;
  if (access === 'all') return every(() => true);
  if (access === 'read') return every(() => false);
  const given: unknown = access;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong();
  const wrongEntry = Object.entries(given).find(
    ([right, allowed]) => !RIGHTS.includes(right as Right) || typeof (allowed ?? false) !== 'boolean',
  );
  if (wrongEntry !== undefined) throw wrong();
  return every((right) => access[right] === true);
}

const every = (allowed: (right: Right) => boolean): Rights =>
  Object.fromEntries(RIGHTS.map((right) => [right, allowed(right)])) as Rights;

const wrong = (): TypeError =>
  new TypeError(
    `The option access of QueueJobDashboardModule must answer 'none', 'read', 'all' or an object of ${RIGHTS.join(', ')}, each true or false.`,
  );
