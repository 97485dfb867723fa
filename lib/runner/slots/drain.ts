import { fingerprintOf } from '../../job/fingerprint.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { WorkerPool } from './worker-pool.js';

/** After its signal has aborted, a job gets this long to end, in milliseconds. */
const AFTER_ABORT_MS = 1_000;
/** How often to look whether all have ended, in milliseconds. */
const LOOK_MS = 10;

/** Waits for what runs on a node that stops; then aborts it, and at last gives it back without waiting any longer. */
export class Drain {
  /** Until when runs may end by themselves, by the monotonic clock. */
  private until = Infinity;

  constructor(
    private readonly pool: WorkerPool,
    private readonly log: NodeLog,
  ) {}

  /** What runs gets no longer than this, in milliseconds. The shortest time that was given counts. */
  within(timeout: number): void {
    this.until = Math.min(this.until, performance.now() + timeout);
  }

  async finished(): Promise<void> {
    await this.runsEnded();
    for (const attempt of this.pool.attempts.values()) {
      attempt.stopped = true;
      attempt.abort(new Error('The node is stopping'));
    }
    this.until = performance.now() + AFTER_ABORT_MS;
    await this.runsEnded();
    for (const attempt of [...this.pool.attempts.values()]) this.abandon(attempt);
  }

  private async runsEnded(): Promise<void> {
    while (this.pool.attempts.size > 0 && performance.now() < this.until)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  /** The method goes on, perhaps forever; nobody waits for it any more. */
  private abandon(attempt: RunningAttempt): void {
    const name = 'NodeStoppedError';
    const message = 'The job went on after its signal was aborted, and the node stopped without it';
    const fingerprint = fingerprintOf(name, message);
    const failure = { name, message, stack: `${name}: ${message}`, fingerprint };
    this.pool.end(attempt, { kind: 'retry', seconds: 0, giveAttemptBack: true, failure });
    attempt.discarded = true;
    this.log.abandoned(attempt);
  }
}
