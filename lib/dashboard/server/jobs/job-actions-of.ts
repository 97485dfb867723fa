import { type JobAction, type JobState, stateAllows } from '../../../job/job-state.js';
import type { Right, Rights } from '../../api/cluster.api.js';
import type { JobActionName } from '../../api/actions.api.js';

export const JOB_ACTIONS = [
  'run',
  'requeue',
  'update',
  'cancel',
  'done',
  'delete',
] as const satisfies readonly JobActionName[];

/** What an action of the dashboard is to the service. */
export const changeOf = (action: JobActionName): Exclude<JobAction, 'postpone'> =>
  action === 'done' ? 'setDone' : action === 'run' ? 'runNow' : action;

/** The right that an action needs: who may requeue a job may also have it run now. */
export const rightFor = (action: JobActionName): Right => (action === 'run' ? 'requeue' : action);

/**
 * What the state of a job allows and the rights of the requester let them do.
 *
 * @param job - `isDelayed`: it waits for its eta or for a retry
 */
export function actionsOf(
  { state, isCancelling, isDelayed }: { state: JobState; isCancelling: boolean; isDelayed: boolean },
  rights: Rights,
): JobActionName[] {
  return JOB_ACTIONS.filter(
    (action) =>
      rights[rightFor(action)] &&
      stateAllows(state, changeOf(action)) &&
      !(action === 'cancel' && isCancelling) &&
      !(action === 'run' && !isDelayed),
  );
}
