import {
  isJobState,
  JOB_STATES,
  type JobAction,
  STATES_ALLOWING,
  stateAllows,
} from '../../../lib/job/job-state.js';

describe('the states of a job', () => {
  it.each<[JobAction, string[]]>([
    ['requeue', ['failed', 'cancelled', 'done']],
    ['cancel', ['wait_dependencies', 'pending', 'enqueued', 'started', 'failed']],
    ['setDone', ['wait_dependencies', 'pending', 'failed', 'cancelled']],
    ['delete', ['wait_dependencies', 'pending', 'done', 'failed', 'cancelled']],
    ['postpone', ['wait_dependencies', 'pending']],
    ['update', ['wait_dependencies', 'pending', 'failed']],
  ])('allow %s in %j and in no other', (action, states) => {
    expect(STATES_ALLOWING[action]).toEqual(states);
    expect(JOB_STATES.filter((state) => stateAllows(state, action)).toSorted()).toEqual(states.toSorted());
  });

  it('are told from other values', () => {
    expect(JOB_STATES.every(isJobState)).toBe(true);
    expect(['Done', '', 'waiting', 0, null, undefined, ['done']].some(isJobState)).toBe(false);
  });
});
