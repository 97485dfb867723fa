import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';

export interface WorkerPoolHooks {
  /** Runs the method; never rejects. */
  readonly execute: (attempt: RunningAttempt) => Promise<AttemptResult>;
  /** Something waits for the next round trip. */
  readonly changed: () => void;
  /** A job of a throttled channel has begun. */
  readonly throttled: (channels: readonly string[]) => void;
  /** There is room for jobs that were not asked for until now. */
  readonly freed: () => void;
  /** The database knows that these have started. */
  readonly startsWritten?: (attempts: readonly RunningAttempt[]) => void;
}
