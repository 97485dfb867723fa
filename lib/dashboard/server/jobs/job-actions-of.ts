import { type JobAction, type JobState, stateAllows } from '../../../job/job-state.js';
import type { Rights } from '../../api/cluster.api.js';
import type { JobActionName } from '../../api/jobs.api.js';

export const JOB_ACTIONS = [
  'requeue',
  'cancel',
  'done',
  'delete',
] as const satisfies readonly JobActionName[];

/** What an action of the dashboard is to the service. */
export const changeOf = (action: JobActionName): Exclude<JobAction, 'postpone'> =>
  action === 'done' ? 'setDone' : action;

/** What the state of a job allows and the rights of the requester let them do. */
export function actionsOf(state: JobState, isCancelling: boolean, rights: Rights): JobActionName[] {
  return JOB_ACTIONS.filter(
    (action) =>
      rights[action] && stateAllows(state, changeOf(action)) && !(action === 'cancel' && isCancelling),
  );
}
