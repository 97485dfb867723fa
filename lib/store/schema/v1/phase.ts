/**
 * In which index a row of `queue_job` stands. `state` is what people see and stands in no index, so that a claim,
 * which changes `state`, `node`, `retry` and dates, is a heap-only update that touches no index at all.
 */
export const Phase = {
  /** Waits for its parents. */
  parents: 0,
  /** Waits for its eta. */
  eta: 1,
  /** May be claimed, or was claimed a moment ago. */
  ready: 2,
  /** Runs for longer than a moment, so it was taken out of the way of claims. */
  running: 3,
  /** Failed, and waits for somebody's decision. */
  failed: 4,
} as const;
