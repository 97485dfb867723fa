/** The states of a job, in the order of its life. */
export const JOB_STATES = [
  'wait_dependencies',
  'pending',
  'enqueued',
  'started',
  'done',
  'failed',
  'cancelled',
] as const;

/**
 * Where a job is:
 *
 * - `wait_dependencies`: a job that it depends on isn't done
 * - `pending`: it may run once its eta has passed and its channel has room
 * - `enqueued`: at a node, its turn to come
 * - `started`: the method is running
 * - `done`, `failed`, `cancelled`: it has ended; a failed job waits for somebody to decide
 */
export type JobState = (typeof JOB_STATES)[number];

/** What can be asked of a stored job from outside. */
export type JobAction = 'requeue' | 'cancel' | 'setDone' | 'delete' | 'runNow' | 'postpone' | 'update';

/**
 * The states in which a job can be requeued, cancelled, set done, deleted, run now, postponed or updated. While a node has a job (`enqueued`,
 * `started`) only its node may end it: a cancel asks that node, the rest is refused. Two cases are not in the table, as
 * they need more than the state: a `started` job whose node is dead can be requeued, and one that runs can postpone
 * itself.
 *
 * @example
 * ```ts
 * STATES_ALLOWING.requeue; // ['failed', 'cancelled', 'done']
 * ```
 */
export const STATES_ALLOWING = {
  requeue: ['failed', 'cancelled', 'done'],
  cancel: ['wait_dependencies', 'pending', 'enqueued', 'started', 'failed'],
  setDone: ['wait_dependencies', 'pending', 'failed', 'cancelled'],
  delete: ['wait_dependencies', 'pending', 'done', 'failed', 'cancelled'],
  runNow: ['pending'],
  postpone: ['wait_dependencies', 'pending'],
  update: ['wait_dependencies', 'pending', 'failed'],
} as const satisfies Record<JobAction, readonly JobState[]>;

/**
 * Whether a job in this state allows the action, by {@link STATES_ALLOWING}.
 *
 * @example
 * ```ts
 * stateAllows('started', 'cancel'); // true
 * ```
 */
export function stateAllows(state: JobState, action: JobAction): boolean {
  const states: readonly JobState[] = STATES_ALLOWING[action];
  return states.includes(state);
}

/** Whether a value from outside, such as a filter of a request, is the name of a state. */
export function isJobState(value: unknown): value is JobState {
  return JOB_STATES.some((state) => state === value);
}
