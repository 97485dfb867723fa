import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { NoCurrentJobError } from '../errors/no-current-job.error.js';
import type { ScheduleTick } from '../job/schedule-tick.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';

/** What a running job knows of itself, and what it can do. */
export interface CurrentJob {
  readonly job: QueueJob;
  /** Aborts when the job is cancelled, when its timeout has passed, when the node stops or has lost its session. */
  readonly signal: AbortSignal;
  /** The manager of the job's transaction in a `transactional` job, that of the data source otherwise. */
  readonly manager: EntityManager;
  /** Whether `manager` is that of a transaction of the job's own. */
  readonly transactional: boolean;
  /** Which tick of a schedule this job is; null for a job of none. */
  readonly tick: ScheduleTick | null;
  /** Adds a line to what the dashboard shows of the job. */
  readonly log: (message: string, data?: unknown) => void;
  /** Tells how far the job is: `done` of `total`, or a share from 0 to 1. */
  readonly progress: (done: number, total?: number) => void;
  /**
   * When the method returns, the job waits again for so many seconds, or a duration such as `'10 min'`. The attempt does not
   * count.
   */
  readonly postpone: (time: number | string) => void;
  /**
   * Nothing starts in the job's channel and below it for so many seconds, or a duration such as `'30 s'`, on any node:
   * the other side has asked to slow down. Resolves when that holds.
   */
  readonly holdChannel: (time: number | string) => Promise<void>;
  /** The results of the jobs that this one depended on, in the order of their creation. */
  readonly parentResults: () => Promise<unknown[]>;
}

const STORAGE: unique symbol = Symbol.for('nestjs-queue-job:current-job') as never;

/** One for all copies of the library in this process: a job that one of them runs may ask another. */
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<CurrentJob> };
const storage = (shared[STORAGE] ??= new AsyncLocalStorage());

/**
 * The job that is running here.
 *
 * @throws NoCurrentJobError outside of a job
 * @example
 * ```ts
 * @Job()
 * async importLines(lines: Line[]) {
 *   const { signal, progress } = currentJob();
 *   for (const [at, line] of lines.entries()) {
 *     signal.throwIfAborted();
 *     await this.importOne(line);
 *     progress(at + 1, lines.length);
 *   }
 * }
 * ```
 */
export function currentJob(): CurrentJob {
  const current = storage.getStore();
  if (current === undefined) {
    throw new NoCurrentJobError(
      'currentJob() was called outside of a job. Call it in a method that the queue runs.',
    );
  }
  return current;
}

/**
 * The job that is running here, if any.
 *
 * @internal
 */
export const maybeCurrentJob = (): CurrentJob | undefined => storage.getStore();

/**
 * Runs what a job does, so that `currentJob()` finds it.
 *
 * @internal
 */
export const runAsJob = <T>(current: CurrentJob, work: () => T): T => storage.run(current, work);
